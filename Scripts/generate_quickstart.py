#!/usr/bin/env python3
"""Writes Fixtures/quickstart/spec.json and expected/ from Fixtures/quickstart/spec.yaml.

The JSON holds the documents that the YAML names, so that it can be compiled from standard input in any
folder. expected/ is what `cpc compile` makes of it.

Text, bodies and sections are snapshots of the release binary; the token ids are those that Hugging
Face `tokenizers` gives the text, so that the golden file does not depend on our tokenizer.
Needs `pip install tokenizers==0.23.3 pyyaml`. Usage: Scripts/generate_quickstart.py tokenizer.json
"""

import json
import pathlib
import subprocess
import sys

import tokenizers
import yaml

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__

root = pathlib.Path(__file__).resolve().parent.parent
quickstart = root / "Fixtures/quickstart"
folder = quickstart / "expected"


def write_json_spec():
    spec = yaml.safe_load((quickstart / "spec.yaml").read_text(encoding="utf-8"))
    for block in spec["blocks"]:
        # newline="" and utf-8 keep line ends and byte-order marks as they are.
        with open(quickstart / block.pop("file"), encoding="utf-8", newline="") as file:
            block["text"] = file.read()
    text = json.dumps(spec, indent=2, ensure_ascii=False) + "\n"
    (quickstart / "spec.json").write_text(text, encoding="utf-8")


def compile_spec(*arguments):
    command = [root / ".build/release/cpc", "compile", "Fixtures/quickstart/spec.json", *arguments]
    return subprocess.run(command, cwd=root, check=True, capture_output=True).stdout


def main():
    tokenizer = tokenizers.Tokenizer.from_file(sys.argv[1])

    def encode(text):
        return tokenizer.encode(text.decode(), add_special_tokens=False).ids

    write_json_spec()
    folder.mkdir(exist_ok=True)
    text = compile_spec("--format", "text")
    plain = compile_spec("--format", "text", "--passes", "none")
    line = {"index": 0, "orig_tokens": len(encode(plain)), "tokens": encode(text)}
    (folder / "text.txt").write_bytes(text)
    (folder / "tokens.jsonl").write_text(json.dumps(line, separators=(",", ":")) + "\n")
    (folder / "openai.json").write_bytes(compile_spec("--format", "openai"))
    (folder / "anthropic.json").write_bytes(compile_spec("--format", "anthropic"))
    report = json.loads(compile_spec("--report", "-"))
    with open(folder / "sections.txt", "w", encoding="utf-8") as file:
        for section in report["seal"]["sections"]:
            start, end = section["tokens"]
            label = section.get("label", "-")
            print(section["kind"], label, start, end, section["stable_end"], section["prefix"], file=file)


main()
