#!/usr/bin/env python3
"""Writes Fixtures/events/batches.json: batches of cache events as vLLM and SGLang publish them, sent over a
PUB socket and received by a SUB socket, so that the frames are those of the wire.

Needs `pip install msgpack==1.2.4 pyzmq==27.3.0`.
Usage: Scripts/generate_event_batches.py > Fixtures/events/batches.json
"""

import hashlib
import json
import platform
import sys
from importlib.metadata import version

import msgpack
import zmq


def digest(number):
    return hashlib.sha256(bytes([number])).digest()


def stored(hashes, parent, tokens, size, form, **more):
    """BlockStored in a form: "map" or "array" (with as many fields as are given)."""
    fields = {"block_hashes": hashes, "parent_block_hash": parent, "token_ids": tokens,
              "block_size": size, "lora_id": more.pop("lora_id", None), **more}
    return {"type": "BlockStored", **fields} if form == "map" else ["BlockStored", *fields.values()]


def expected_hash(value):
    if value is None:
        return None
    return {"bytes": value.hex()} if isinstance(value, bytes) else {"number": str(value % 2**64)}


def expected_stored(hashes, parent, tokens, size, medium=None, adapter=None, keys=()):
    return {"stored": [expected_hash(value) for value in hashes], "parent": expected_hash(parent),
            "tokens": tokens, "size": size, "medium": medium, "adapter": adapter, "keys": list(keys)}


def expected_removed(hashes, medium=None):
    return {"removed": [expected_hash(value) for value in hashes], "medium": medium}


def cases():
    page = list(range(100, 116))
    edges = [0, 127, 128, 255, 256, 65535, 65536, 2**31, 2**32 - 1]
    big, small = 2**64 - 2, 12345
    yield ("vllm-map", [1764.5, [
        stored([big, small], None, page + page, 16, "map", medium="GPU", lora_name=None),
        stored([7], small, page, 16, "map", medium="GPU", lora_name=None, extra_keys=None),
        {"type": "BlockRemoved", "block_hashes": [big], "medium": "GPU"},
        {"type": "AllBlocksCleared"}], 0], 0,
        [expected_stored([big, small], None, page + page, 16, "GPU"),
         expected_stored([7], small, page, 16, "GPU"),
         expected_removed([big], "GPU"), {"cleared": None}])
    yield ("vllm-map-batch-map", {"ts": 1764.5, "events": [
        stored([digest(1)], digest(0), edges, 9, "map", medium="GPU", lora_name=None, group_idx=0,
               kv_cache_spec_kind="full_attention")], "data_parallel_rank": 3}, 3,
        [expected_stored([digest(1)], digest(0), edges, 9, "GPU")])
    yield ("vllm-salt", [1764.5, [
        stored([1, 2], None, page + page, 16, "map", medium="GPU", lora_name=None,
               extra_keys=[["tenant-a"], None]),
        stored([3], None, page, 16, "map", medium="GPU", lora_name=None,
               extra_keys=[[["cache_salt", "tenant-b"]]]),
        stored([4], None, page, 16, "map", medium="GPU", lora_name="summaries",
               extra_keys=[["summaries"]]),
        stored([5], None, page, 16, "map", medium="GPU", lora_name=None, extra_keys=[["image", 4]])], 0], 0,
        [expected_stored([1, 2], None, page + page, 16, "GPU", keys=["salt:tenant-a", "none"]),
         expected_stored([3], None, page, 16, "GPU", keys=["salt:tenant-b"]),
         expected_stored([4], None, page, 16, "GPU", adapter="summaries"),
         expected_stored([5], None, page, 16, "GPU", keys=["other"])])
    yield ("vllm-array", [1764.5, [
        stored([digest(1), digest(2)], digest(0), page + page, 16, "array", medium="GPU"),
        ["BlockRemoved", [digest(1)], "GPU"], ["AllBlocksCleared"]], 1], 1,
        [expected_stored([digest(1), digest(2)], digest(0), page + page, 16, "GPU"),
         expected_removed([digest(1)], "GPU"), {"cleared": None}])
    yield ("vllm-copy-to-cpu", [1764.5, [
        stored([digest(1)], None, [], 0, "array", medium="CPU"),
        ["BlockRemoved", [digest(1)], "CPU"]]], None,
        [expected_stored([digest(1)], None, [], 0, "CPU"), expected_removed([digest(1)], "CPU")])
    yield ("sglang", [1764.5, [
        stored([-2], None, [5], 1, "array"), stored([2**62], -2, [6], 1, "array", lora_id=4),
        ["BlockRemoved", [-2]], ["AllBlocksCleared"]]], None,
        [expected_stored([-2], None, [5], 1), expected_stored([2**62], -2, [6], 1, adapter="4"),
         expected_removed([-2]), {"cleared": None}])
    yield ("unknown", [1764, [
        ["BlockMoved", [1], {"a": [None, True, 1.5, b"x"]}],
        {"type": "BlockPinned", "block_hashes": [1], "new": msgpack.ExtType(5, b"abc")},
        {**stored([1], None, [1, 2], 2, "map"), "tier": {"deep": [[[[]]]]}},
        ["BlockRemoved", [1], None, 0, "later"], ["AllBlocksCleared", "CPU"]],
        "not a rank", "later"], None,
        [{"other": "BlockMoved"}, {"other": "BlockPinned"}, expected_stored([1], None, [1, 2], 2),
         expected_removed([1]), {"cleared": "CPU"}])
    yield ("empty", [1764.5, []], None, [])


def over_the_wire(context, sequence, payload):
    publisher, subscriber = context.socket(zmq.PUB), context.socket(zmq.SUB)
    publisher.bind("inproc://batches")
    subscriber.setsockopt(zmq.SUBSCRIBE, b"kv")
    subscriber.connect("inproc://batches")
    while True:
        publisher.send_multipart([b"kv-events", sequence.to_bytes(8, "big"), payload])
        if subscriber.poll(50):
            break
    frames = subscriber.recv_multipart()
    publisher.close()
    subscriber.close()
    return [frame.hex() for frame in frames]


def main():
    context = zmq.Context()
    result = {"made_by": f"msgpack {version('msgpack')}, pyzmq {version('pyzmq')}, "
                         f"libzmq {zmq.zmq_version()}, Python {platform.python_version()}",
              "cases": []}
    for sequence, (name, batch, rank, events) in enumerate(cases()):
        payload = msgpack.packb(batch, use_bin_type=True)
        result["cases"].append({
            "name": name, "sequence": sequence, "frames": over_the_wire(context, sequence, payload),
            "rank": rank, "events": events})
    json.dump(result, sys.stdout, indent=1)
    print()


main()
