#!/usr/bin/env python3
"""Runs llama.cpp's HTTP server out of the package xllamacpp on 127.0.0.1, without its list of saved prompts, which
nobody outside sees. Prints "ready" when it listens, and ends when its standard input does.

    llama_server.py MODEL.gguf PORT SLOTS CONTEXT_OF_A_SLOT
"""

import os
import sys

import xllamacpp


def main():
    model, port, slots, context = sys.argv[1], *map(int, sys.argv[2:5])
    settings = xllamacpp.CommonParams()
    settings.model.path = model
    settings.hostnames = ["127.0.0.1"]
    settings.port = port
    settings.n_parallel = slots
    settings.n_ctx = context * slots
    settings.n_batch, settings.n_ubatch = 2048, 512
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    settings.use_jinja = True
    settings.cache_ram_mib = 0
    settings.kv_unified = False
    settings.n_cache_reuse = 0
    server = xllamacpp.Server(settings)
    print("ready", server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)


main()
