"""Engines as processes of their own on this host, and the program that follows their events."""

import contextlib
import dataclasses
import http.client
import json
import os
import pathlib
import socket
import subprocess
import time

import environment

HERE = pathlib.Path(__file__).resolve().parent
START_SECONDS = 300


@dataclasses.dataclass
class Answer:
    """What an engine says of a request: tokens of the prompt and those that were cached; and the time until it had its
    one token."""
    prompt: int
    cached: int
    milliseconds: float


class Server:
    """An engine that listens on a port."""

    def __init__(self, port, **more):
        self.port = port
        self.__dict__.update(more)

    def _request(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        with contextlib.closing(connection):
            connection.request(method, path, body, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            return reply.status, reply.read()

    def cpu_seconds(self):
        """The processor time of the engine so far, which does not depend on what else runs."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wait(self, process):
        self.process = process
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self._request("GET", "/health")[0] == 200:
                    return
            time.sleep(0.2)
        raise SystemExit(f"engines: {process.args[0]} does not listen")

    def complete(self, body, path="/v1/chat/completions"):
        """Sends a body as cpc wrote it, for one token of an answer."""
        began = time.perf_counter()
        status, reply = self._request("POST", path,
                                      json.dumps({**body, "max_tokens": 1, "temperature": 0}))
        elapsed = (time.perf_counter() - began) * 1000
        if status != 200:
            raise SystemExit(f"engines: HTTP {status}: {reply[:500]!r}")
        reply = json.loads(reply)
        usage = reply["usage"]
        details = usage.get("prompt_tokens_details") or {}
        return Answer(usage["prompt_tokens"], details.get("cached_tokens") or 0, elapsed)


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for listening in sockets:
            listening.bind(("127.0.0.1", 0))
        return [listening.getsockname()[1] for listening in sockets]


@contextlib.contextmanager
def llama(model, slots, context):
    """llama.cpp's server. It ends when its standard input is closed."""
    port, = free_ports(1)
    command = [environment.PYTHON, "-B", HERE / "llama_server.py", model, port, slots, context]
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        server = Server(port)
        server.wait(process)
        yield server
    finally:
        process.stdin.close()
        process.wait()


@contextlib.contextmanager
def vllm(interpreter, model_folder, root):
    """vLLM on the processor, with made up weights, events and a cache that holds a few requests."""
    port, events, replay = free_ports(3)
    endpoints = {"endpoint": f"tcp://127.0.0.1:{events}", "replay_endpoint": f"tcp://127.0.0.1:{replay}"}
    command = [
        interpreter, "-m", "vllm.entrypoints.openai.api_server", "--model", model_folder,
        "--served-model-name", "qwen3", "--host", "127.0.0.1", "--port", port, "--load-format", "dummy",
        "--dtype", "bfloat16", "--block-size", 32, "--num-gpu-blocks-override", 512, "--enforce-eager",
        "--enable-prefix-caching", "--enable-prompt-tokens-details", "--max-model-len", 8192,
        "--kv-events-config", json.dumps({
            "enable_kv_cache_events": True, "publisher": "zmq", "topic": "kv", **endpoints})]
    settings = {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_CPU_OMP_THREADS_BIND": "nobind",
                "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTHONHASHSEED": "0"}
    out = root / "out"
    out.mkdir(exist_ok=True)
    with open(out / "vllm.log", "w") as log:
        process = subprocess.Popen([str(word) for word in command], env={**os.environ, **settings},
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            server = Server(port, **endpoints)
            server.wait(process)
            yield server
        finally:
            process.terminate()
            process.wait()


@contextlib.contextmanager
def cpc_serve(cpc, engine, *options):
    """`cpc serve` in front of an engine."""
    port, = free_ports(1)
    command = [cpc, "serve", "--port", port, "--upstream", f"http://127.0.0.1:{engine.port}", "--model", "qwen3",
               "--mode", "safe", "--rewrite-timeout", 30, "--log-level", "error", *options]
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL)
    try:
        server = Proxy(port)
        server.wait(process)
        yield server
    finally:
        process.terminate()
        process.wait()


class Proxy(Server):
    """The server in front of an engine: what it predicts is in its metrics."""

    def metrics(self):
        """The values by name; a name has its labels."""
        lines = self._request("GET", "/metrics")[1].decode().splitlines()
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line[:1] != "#"}

    def settled(self, requests):
        """The metrics when that many replies were compared with what was predicted."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            values = self.metrics()
            if values.get("cpc_prediction_error_tokens_count", 0) >= requests:
                return values
            time.sleep(0.1)
        raise SystemExit("engines: cpc serve did not compare all replies")


class Follower:
    """The program follow-engine: a line of token ids in, how many of them are believed to be cached out."""

    # How long an engine may take to publish what it did for a request that is answered.
    SETTLING_SECONDS = 0.3

    def __init__(self, program, server):
        self.process = subprocess.Popen(
            [program, server.endpoint, server.replay_endpoint, "kv"], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        time.sleep(2)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def _ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def cached(self, tokens):
        time.sleep(self.SETTLING_SECONDS)
        return int(self._ask(" ".join(map(str, tokens))))

    def status(self):
        return self._ask("status")
