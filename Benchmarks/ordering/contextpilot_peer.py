"""Orders requests with the package contextpilot and prints as JSON what that cost.

Usage: contextpilot_peer.py offline | online | window:REQUESTS | fresh:REQUESTS REQUESTS-FILE ORDERS-FILE
The files are those of order-requests. Windows are ordered against one index that lives on, fresh ones
each by itself.
"""

import contextlib
import json
import sys
import time


def read(path):
    with open(path) as file:
        next(file)
        return [[int(word) for word in line.split()] for line in file]


def offline(requests):
    from contextpilot import ContextPilot
    result = ContextPilot().schedule_only(requests)
    return list(zip(result["original_indices"], result["reordered_contexts"]))


def online(requests):
    from contextpilot import ContextPilot
    index = ContextPilot()
    return [(number, index.reorder([blocks])[0][0]) for number, blocks in enumerate(requests)]


def windows(requests, size, order):
    sent = []
    for first in range(0, len(requests), size):
        part = order(requests[first:first + size])
        sent += [(first + number, blocks) for number, blocks in part]
    return sent


def live():
    from contextpilot import ContextPilot
    index = ContextPilot()

    def order(requests):
        reordered, numbers = index.reorder(requests)
        return list(zip(numbers, reordered))

    return order


def main():
    way, source, target = sys.argv[1:]
    requests = read(source)
    start = time.process_time()
    with contextlib.redirect_stdout(sys.stderr):
        if way == "offline":
            sent = offline(requests)
        elif way == "online":
            sent = online(requests)
        else:
            kind, _, size = way.partition(":")
            sent = windows(requests, int(size), offline if kind == "fresh" else live())
    milliseconds = (time.process_time() - start) * 1000
    with open(target, "w") as file:
        for number, blocks in sent:
            print(number, *blocks, file=file)
    print(json.dumps({"cpu_ms": milliseconds}))


main()
