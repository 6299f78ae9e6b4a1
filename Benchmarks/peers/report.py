"""Prints what was measured: a table of medians, and beneath it how ours stands to the others."""

import statistics

SPEEDS = ["first_mb_s", "second_mb_s", "best_mb_s"]
SPEED_GOALS = {"tiktoken": 5, "tokenizers": 40}


def _number(value, digits=0):
    if value is None:
        return "-"
    if digits == 0 and value < 10:
        digits = 1
    return f"{value:.{digits}f}"


class Medians:
    """The medians over the rounds."""

    def __init__(self, document):
        self.measurements = document["measurements"]
        self.texts = list(document["texts"])
        self.peers = list(dict.fromkeys(m["peer"] for m in self.measurements))

    def _values(self, peer, key, text=None):
        return [m[key] for m in self.measurements
                if m["peer"] == peer and key in m and text in (None, m["text"])]

    def value(self, peer, key, text=None):
        values = self._values(peer, key, text)
        return statistics.median(values) if values else None

    def largest(self, peer, key):
        """The largest of the texts' medians."""
        values = [self.value(peer, key, text) for text in self.texts]
        return max((value for value in values if value is not None), default=None)

    def agreement(self, peer, reference):
        """Whether the ids are those of `reference`; of texts that differ the names."""
        if peer == reference:
            return "reference"
        expected = {t: set(self._values(reference, "ids_sha256", t)) for t in self.texts}
        ids = {t: set(self._values(peer, "ids_sha256", t)) for t in self.texts}
        if not any(expected.values()) or not any(ids.values()):
            return "-"
        different = [text for text in self.texts if ids[text] != expected[text]]
        return "not in " + ", ".join(different) if different else "yes"


def _print_aligned(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [cell.ljust(width) if column in (0, len(row) - 1) else cell.rjust(width)
                 for column, (cell, width) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())


def _print_table(medians, reference):
    rows = [["", "load ms", "RSS MB", *medians.texts, f"ids as {reference}"]]
    for peer in medians.peers:
        speeds = [" ".join(_number(medians.value(peer, key, text)).rjust(4) for key in SPEEDS)
                  for text in medians.texts]
        load = medians.value(peer, "load_ms")
        rows.append([
            peer, _number(load, 2 if load is not None and load < 10 else 0),
            _number(medians.largest(peer, "rss_mb")), *speeds, medians.agreement(peer, reference)])
    print("CPU time, one thread; first pass, second pass and best later pass in MB/s")
    _print_aligned(rows)


def _print_ratios(medians, ours):
    others = [peer for peer in medians.peers if peer != ours]
    rows = [[f"{ours} /", *medians.texts]]
    for peer in others:
        cells = []
        for text in medians.texts:
            pairs = [(medians.value(ours, key, text), medians.value(peer, key, text))
                     for key in SPEEDS]
            cells.append(" ".join(
                (f"{a / b:.2f}" if a and b and a / b < 10 else f"{a / b:.0f}" if a and b else "-")
                .rjust(5) for a, b in pairs))
        rows.append([peer, *cells])
    if others:
        print()
        _print_aligned(rows)
    for peer, goal in SPEED_GOALS.items():
        a, b = (medians.value(name, "first_mb_s", "english") for name in (ours, peer))
        if a and b:
            verdict = "reached" if a / b >= goal else "missed"
            print(f"first pass over English, {ours} / {peer}: {a / b:.1f} (goal {goal}: {verdict})")


def _print_long_run(long_run):
    if "error" in long_run:
        print(f"memory after a long run: {long_run['error']}")
        return
    mapped, cache = 1.3 * long_run["mapped_mb"], long_run["cache_mb"]
    verdict = "reached" if long_run["rss_mb"] <= mapped + cache else "missed"
    print(f"memory after a long run, above a bare process: {long_run['rss_mb']:.1f} MB (goal "
          f"{mapped + cache:.1f}: {mapped:.1f} for 1.3 times the mapped file, {cache:.1f} for the "
          f"cache: {verdict})")


def print_report(document, ours, reference):
    medians = Medians(document)
    _print_table(medians, reference)
    if ours in medians.peers:
        _print_ratios(medians, ours)
    if "long_run" in document:
        _print_long_run(document["long_run"])
    errors = {(m["peer"], m["error"]) for m in medians.measurements if "error" in m}
    for peer, error in sorted(errors):
        print(f"{peer}: {error}")
