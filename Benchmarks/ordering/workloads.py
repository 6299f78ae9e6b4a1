"""Requests to order: made ones with fixed seeds, and those of a folder of workloads."""

import gzip
import itertools
import json
import pathlib
import random

BLOCKS = 20_000
BLOCKS_A_REQUEST = 15
TOPICS = 400
BLOCKS_A_TOPIC = 60


class Workload:
    """Requests over blocks, as numbers: `tokens` of each block, `requests` as lists of blocks."""

    def __init__(self, name, tokens, requests):
        self.name = name
        self.tokens = tokens
        self.requests = requests

    def first(self, count):
        """The same with the first requests only."""
        return Workload(self.name, self.tokens, self.requests[:count])

    def write(self, path):
        with open(path, "w") as file:
            for numbers in [self.tokens, *self.requests]:
                print(*numbers, file=file)


def _cumulated(count):
    return list(itertools.accumulate(1 / rank for rank in range(1, count + 1)))


def _distinct(draw):
    found = {}
    while len(found) < BLOCKS_A_REQUEST:
        found.setdefault(draw())
    return list(found)


def zipf(count):
    """Every request draws from all blocks, the popular ones most often."""
    source = random.Random(1)
    tokens = [source.randint(200, 1000) for _ in range(BLOCKS)]
    weights = _cumulated(BLOCKS)
    numbers = range(BLOCKS)
    draw = lambda: source.choices(numbers, cum_weights=weights)[0]
    return Workload("zipf", tokens, [_distinct(draw) for _ in range(count)])


def topics(count):
    """Every request has a topic; four of five of its blocks are drawn from those of the topic."""
    source = random.Random(2)
    tokens = [source.randint(200, 1000) for _ in range(BLOCKS)]
    of_topic = [source.sample(range(BLOCKS), BLOCKS_A_TOPIC) for _ in range(TOPICS)]
    weights, topic_weights = _cumulated(BLOCKS), _cumulated(BLOCKS_A_TOPIC)
    numbers = range(BLOCKS)

    def draw(topic):
        if source.random() < 0.8:
            return source.choices(topic, cum_weights=topic_weights)[0]
        return source.choices(numbers, cum_weights=weights)[0]

    requests = []
    for _ in range(count):
        topic = source.choice(of_topic)
        requests.append(_distinct(lambda: draw(topic)))
    return Workload("topics", tokens, requests)


def folder(path, top):
    """A folder with a corpus and requests; a block is its text, its tokens a quarter of the bytes."""
    path = pathlib.Path(path)
    numbers, tokens, number_of_id = {}, [], {}
    with gzip.open(path / "corpus.jsonl.gz", "rt") as file:
        for line in file:
            block = json.loads(line)
            number = numbers.setdefault(block["text"], len(numbers))
            if number == len(tokens):
                tokens.append(len(block["text"].encode()) // 4 + 1)
            number_of_id[block["id"]] = number
    with gzip.open(path / "public.jsonl.gz", "rt") as file:
        listed = [json.loads(line) for line in file]
    if path.name.startswith("multihop_rag"):
        # They are sent by number, as the workload's description says.
        listed.sort(key=lambda request: int(request["id"].rpartition("-")[2]))
    requests = []
    for request in listed:
        ids = [block["id"] for block in request["blocks"][:top]]
        requests.append(list(dict.fromkeys(number_of_id[id] for id in ids)))
    return Workload(f"{path.name} {top}", tokens, requests)


def hit_ratio(workload, sent, cache_tokens=None):
    """The share of the blocks' tokens that stand at the start of an earlier prompt.

    `sent` are (request, blocks) in sequence. A cache of `cache_tokens` gives up whole blocks, those
    that were used least recently first, the end of a prompt before its start.
    """
    used, hit, total, held = {}, 0, 0, 0
    for _, blocks in sent:
        prefix, nodes, is_cached = 0, [], True
        for block in blocks:
            prefix = hash((prefix, block))
            tokens = workload.tokens[block]
            total += tokens
            is_cached = is_cached and prefix in used
            hit += tokens if is_cached else 0
            nodes.append((prefix, tokens))
        for node, tokens in reversed(nodes):
            if used.pop(node, None) is None:
                held += tokens
            used[node] = tokens
        while cache_tokens is not None and held > cache_tokens:
            node = next(iter(used))
            held -= used.pop(node)
    return hit / total if total else 0
