#!/usr/bin/env python3
"""Writes Fixtures/hashes/pages.json: the page digests of vLLM and SGLang for a few prompts, by the
serializers that the engines use.

Needs `pip install cbor2==6.3.0`. Usage: Scripts/generate_page_hashes.py > Fixtures/hashes/pages.json
"""

import hashlib
import json
import pickle
import platform
import struct
from importlib.metadata import version

import cbor2

EDGES = [0, 1, 23, 24, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1]


def vllm(serialize, tokens, page_size, salt, seed):
    hashed = lambda value: hashlib.sha256(serialize(value)).digest()
    before = hashed("vllm-none-hash" if seed is None else seed)
    digests = []
    for start in range(0, len(tokens) - page_size + 1, page_size):
        extra = (("cache_salt", salt),) if salt is not None and start == 0 else None
        before = hashed((before, tuple(tokens[start:start + page_size]), extra))
        digests.append(before)
    return digests


def sglang(tokens, page_size):
    before, digests = b"", []
    for start in range(0, len(tokens) - page_size + 1, page_size):
        page = tokens[start:start + page_size]
        before = hashlib.sha256(before + struct.pack(f"<{page_size}I", *page)).digest()
        digests.append(before)
    return digests


def published(digests, low, signed):
    parts = [digest[-8:] if low else digest[:8] for digest in digests]
    return [int.from_bytes(part, "big", signed=signed) for part in parts]


def case(first, step, count, page_size, salt=None, seed=None, tokens=None):
    """The tokens are `tokens`, or `count` of them: (first + step * i) mod 2**32."""
    ids = tokens or [(first + step * index) % 2**32 for index in range(count)]
    result = {"tokens": tokens} if tokens else {"first": first, "step": step, "count": count}
    result |= {"page_size": page_size, "salt": salt, "seed": seed, "digests": {}}
    by_pickle = lambda value: pickle.dumps(value, protocol=5)
    by_cbor = lambda value: cbor2.dumps(value, canonical=True)
    for name, digests in [
        ("vllm_sha256", vllm(by_pickle, ids, page_size, salt, seed)),
        ("vllm_sha256_cbor", vllm(by_cbor, ids, page_size, salt, seed)),
        ("sglang", sglang(ids, page_size)),
    ]:
        is_sglang = name == "sglang"
        result["digests"][name] = {
            "hexadecimal": [digest.hex() for digest in digests],
            # As texts: not every reader of JSON keeps 64 bits.
            "published": [str(n) for n in published(digests, not is_sglang, is_sglang)],
        }
    return result


def main():
    cases = [case(0, 0, 0, size, tokens=EDGES) for size in (1, 2, 3, 4, 12)]
    cases += [
        case(151643, 2654435761, 40, 16),
        case(100, 1, 64, 16, seed="0"),
        case(7, 31, 48, 16, salt="tenant-a"),
        case(7, 31, 32, 16, salt="s\u00e9l " * 80, seed="42"),
        case(5, 3, 10, 16),
        # Pages whose pickles take several frames.
        case(70000, 1, 45000, 15000),
        case(3, 2654435761, 40000, 40000),
    ]
    tool = f"CPython {platform.python_version()} (hashlib, pickle), cbor2 {version('cbor2')}"
    print('{"tool": %s, "cases": [' % json.dumps(tool))
    print(",\n".join(json.dumps(each) for each in cases))
    print("]}")


main()
