"""Encodes documents with a peer, pass after pass, and prints as JSON what that cost: the Python twin
of Sources/encode-documents. Usage: encode_documents.py PEER PASSES FILE; PEER "bare" loads nothing."""

import array
import hashlib
import json
import sys
import time

# A pass that makes the passes last longer than this is the last one, from the second on.
SLOW_MS = 3_000


def milliseconds():
    return time.process_time_ns() / 1e6


def peak_kibibytes():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:"))


def id_bytes(ids):
    if isinstance(ids, bytes):
        return ids
    return array.array("I", ids).tobytes() if isinstance(ids, list) else ids.astype("<u4").tobytes()


def run_pass(encode, documents):
    before = milliseconds()
    for _ in encode(documents):
        pass
    return milliseconds() - before


def main():
    peer, passes, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with open(path, "rb") as file:
        data = file.read()
    documents = data.decode().split("\0")
    size = len(data) - (len(documents) - 1)
    del data
    if peer == "bare":
        print(json.dumps({"rss_kib": peak_kibibytes()}))
        return

    before = milliseconds()
    import adapters

    encode = adapters.PEERS[peer]()
    for _ in encode(["Hello"]):
        pass
    load = milliseconds() - before

    times = []
    while len(times) < passes and (len(times) < 2 or sum(times) < SLOW_MS):
        times.append(run_pass(encode, documents))
    peak = peak_kibibytes()
    digest = hashlib.sha256()
    for ids in encode(documents):
        digest.update(id_bytes(ids))
    print(json.dumps({
        "load_ms": load, "rss_kib": peak,
        "texts": [{"bytes": size, "passes_ms": times, "ids_sha256": digest.hexdigest()}],
    }))


main()
