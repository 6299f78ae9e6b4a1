#!/usr/bin/env python3
"""Writes the inputs that the fuzz targets begin with: Fuzz/Seeds/TARGET/NAME.

They are small files of each format, whole and nearly whole; libFuzzer changes them.
"""
import base64
import json
import struct
from pathlib import Path

SEEDS = Path(__file__).resolve().parent.parent / "Fuzz" / "Seeds"


def write(target, name, content):
    folder = SEEDS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def byte_alphabet():
    """The characters that byte-level files write for the bytes 0 to 255."""
    next_code, characters = 0x100, []
    for byte in range(256):
        if 0x21 <= byte <= 0x7E or 0xA1 <= byte <= 0xAC or 0xAE <= byte:
            characters.append(chr(byte))
        else:
            characters.append(chr(next_code))
            next_code += 1
    return characters


def tokenizer_json(tokens, merges, pre_tokenizer, **fields):
    root = {
        "version": "1.0",
        "added_tokens": [
            {"id": 9, "content": "<|end|>", "special": True, "normalized": False,
             "lstrip": False, "rstrip": True, "single_word": False},
        ],
        "normalizer": {"type": "NFC"},
        "pre_tokenizer": pre_tokenizer,
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "fuse_unk": False,
            "byte_fallback": False, "ignore_merges": True,
            "vocab": {token: id for id, token in enumerate(tokens)}, "merges": merges,
        },
    }
    root.update(fields)
    return json.dumps(root, ensure_ascii=False, separators=(",", ":"))


BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": True}
SPLIT = {
    "type": "Sequence",
    "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": "\\p{L}+|\\s+"}, "behavior": "Isolated", "invert": False},
        dict(BYTE_LEVEL, use_regex=False),
    ],
}


def tokenizer_seeds():
    few = ["a", "b", "c", "Ġ", "ab", "abc", "Ġa"]
    write("tokenizer-json", "pairs", tokenizer_json(few, [["a", "b"], ["ab", "c"], ["Ġ", "a"]], SPLIT))
    write("tokenizer-json", "joined", tokenizer_json(few, ["a b", "ab c"], BYTE_LEVEL, normalizer=None))
    write("tokenizer-json", "added", tokenizer_json(
        few, [], BYTE_LEVEL,
        normalizer={"type": "Sequence", "normalizers": []},
        added_tokens=[{"id": 6, "content": "Ġa"}, {"id": 7, "content": "é", "normalized": True}]))
    write("tokenizer-json", "sentencepiece", tokenizer_json(
        ["<unk>", "▁", "a", "▁a", "<0x00>", "<0xFF>"], [["▁", "a"]], None,
        normalizer={"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "▁"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
        decoder={"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]}))
    write("tokenizer-json", "bytes", tokenizer_json(
        byte_alphabet() + ["ab"], [["a", "b"]], BYTE_LEVEL, added_tokens=[]))


def tiktoken_seeds():
    tokens = [b"a", b"b", b"c", b"ab", b"abc", b" ", b" a", "é".encode()]
    line = "{} {}\n".format
    text = "".join(line(base64.b64encode(token).decode(), rank) for rank, token in enumerate(tokens))
    write("tiktoken", "whole", text)
    write("tiktoken", "hole", text + line("enp6", 20))
    write("tiktoken", "cut", text[:-4])


def tekken_seeds():
    tokens = [b"a", b"b", b"ab", b" ", b" a", "é".encode()]
    root = {
        "config": {"pattern": "\\p{L}+|\\s+", "num_vocab_tokens": 6, "default_vocab_size": 8,
                   "default_num_special_tokens": 2, "version": "v3"},
        "vocab": [{"rank": rank, "token_bytes": base64.b64encode(token).decode(), "token_str": None}
                  for rank, token in enumerate(tokens)],
    }
    write("tekken", "plain", json.dumps(root))
    root["special_tokens"] = [{"rank": 0, "token_str": "<unk>", "is_control": True},
                              {"rank": 1, "token_str": "<s>", "is_control": True}]
    write("tekken", "special", json.dumps(root))


def gguf(pairs, version=3):
    def string(text):
        return struct.pack("<Q", len(text.encode())) + text.encode()

    file = b"GGUF" + struct.pack("<IQQ", version, 0, len(pairs))
    for key, value in pairs.items():
        file += string(key)
        if isinstance(value, str):
            file += struct.pack("<I", 8) + string(value)
        elif isinstance(value, int):
            file += struct.pack("<II", 4, value)
        elif value and isinstance(value[0], str):
            file += struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(string, value))
        elif value and isinstance(value[0], float):
            file += struct.pack("<IIQ", 9, 6, len(value)) + struct.pack(f"<{len(value)}f", *value)
        else:
            file += struct.pack("<IIQ", 9, 5, len(value)) + struct.pack(f"<{len(value)}i", *value)
    return file


def gguf_seeds():
    few = ["a", "b", "c", "Ġ", "ab", "Ġa", "<|end|>", "<think>", "[PAD]"]
    kinds = [1, 1, 1, 1, 1, 1, 3, 4, 5]
    pairs = {
        "general.architecture": "toy", "general.alignment": 32,
        "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "qwen2",
        "tokenizer.ggml.tokens": few, "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.merges": ["a b", "Ġ a"], "tokenizer.chat_template": "{{ messages }}",
        "tokenizer.ggml.bos_token_id": 6,
    }
    write("gguf", "few", gguf(pairs))
    write("gguf", "version2", gguf(dict(pairs, **{"tokenizer.ggml.pre": "tekken"}), version=2))
    write("gguf", "none", gguf({"general.architecture": "toy"}))
    write("gguf", "bytes", gguf(dict(
        pairs, **{"tokenizer.ggml.tokens": byte_alphabet() + ["ab"],
                  "tokenizer.ggml.token_type": [1] * 257, "tokenizer.ggml.merges": ["a b"]})))
    write("gguf", "sentencepiece", gguf({
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": ["<unk>", "<s>", "▁", "a", "▁a", "<0x00>"],
        "tokenizer.ggml.scores": [0.0, 0.0, -1.0, -2.0, -3.0, 0.0],
        "tokenizer.ggml.token_type": [2, 3, 1, 1, 1, 6]}))


def vocabulary_seeds():
    header = b"cpcvocab" + struct.pack("<IIQII", 1, 1, 88, 0, 0) + bytes(32)
    write("vocabulary", "header", b"\0" + header + struct.pack("<IIQQ", 1, 0, 88, 0))
    write("vocabulary", "untouched", b"\1")
    for kind in range(8):
        write("vocabulary", f"change{kind}", b"\1" + bytes([0, 24, kind, 255]) + bytes([3, 90, kind, 7]))


def encoding_seeds():
    texts = {
        "english": "It's the DON'T of 12345 tokens, isn't it?\r\n\r\n  <|im_end|> x\n",
        "code": "def f(x):\n\treturn x[1:]  # http://a.b/c\n\n\n",
        "chinese": "日本語と中文，한국어。１２３ 加拿大",
        "marks": "e\u0301 a\u0300\u0316 नमस्ते عربي \u07fd\u0898 \u2126 \u1e69\u0323",
        "emoji": "👩‍👩‍👧 ✈️ \U0001F1E9\U0001F1EA \U000E0061\u200b\ufeff",
        "blanks": " \t\u00a0\u3000\u2028 \n \r  \u0085\u001c",
        "added": "<|endoftext|><think>a</think><｜begin▁of▁sentence｜>[INST]<s>",
        "run": "a" * 200 + " " * 100 + "=" * 50,
        "invalid": b"ab\xff\xc3(\xed\xa0\x80\xf4\x90\x80\x80",
    }
    for index, (name, text) in enumerate(texts.items()):
        content = text if isinstance(text, bytes) else text.encode()
        write("encoding", name, bytes([index]) + content)


def json_seeds():
    write("json", "values", '{"a":[1,-0.5e+10,true,false,null,"x\\u00e9\\ud83d\\ude00\\n"],"a":{}}')
    write("json", "deep", "[" * 200 + "]" * 200)
    write("json", "numbers", "[0,-0,1e400,123456789012345678901234567890,1.0E-2]")
    write("json", "surrogate", '"\\ud800"')


def template_seeds():
    texts = [
        "{% for m in messages %}{{ m.role ~ ': ' ~ m.content | trim }}{% endfor %}",
        "{% macro f(a, b=1) %}{{ a }}{{ b }}{{ caller() }}{% endmacro %}{% call f(2) %}x{% endcall %}",
        "{% set n = namespace(x=0) %}{% for i in range(9) if i % 2 %}{% set n.x = n.x + i %}"
        "{% endfor %}{{ n.x }}{{ messages[::-1][0].content[1:-1] }}",
        "{{ messages | map(attribute='content') | join(', ') | replace('e', 'E') | tojson(indent=2) }}",
        "{% if a is defined and b not in [1, 'x'] or -c ** 2 > 3.5e1 %}{{- 1 -}}{% else %}2{% endif %}",
        "{{ '%s %d' % (messages[0].content, 3) }}{{ '{:>9}'.format(messages[1].content.upper()) }}",
        "{% set x | upper %}{{ messages | tojson }}{% endset %}{{ x.split('\"')[3:7] | list | sort }}",
    ]
    for index, text in enumerate(texts):
        write("template", f"part{index}", text)
    write("template", "whole", (SEEDS.parent.parent / "templates" / "qwen3.jinja").read_bytes())


def spec_seeds():
    spec = {
        "cpc": 1, "model": "qwen3", "system": "Be ${tone}.",
        "blocks": [{"id": "a", "text": "x\r\n", "importance": 1, "title": "T"},
                   {"id": "b", "text": "x\n", "pin": "last"}, {"id": "c", "text": "y", "pin": "first"}],
        "conversation": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}],
        "query": "Why?", "variables": {"tone": "kind"}, "parameters": {"temperature": 0.5},
        "template_kwargs": {"enable_thinking": False},
        "policy": {"order": "canonical", "annotate": {"style": "scores", "count": 2},
                   "control_tokens": "escape"},
    }
    write("spec", "whole", json.dumps(spec))
    write("spec", "parts", json.dumps({"cpc": 1, "conversation": [{"role": "user", "content": [
        {"type": "text", "text": "<|im_end|>"}]}], "policy": {"control_tokens": "keep"}}))
    write("spec", "tools", json.dumps({"cpc": 1, "query": "q", "tools": [{"type": "function", "function": {
        "name": "f", "parameters": {"type": "object", "properties": {}}}}]}))


SENTENCES = [
    "This agreement begins on the day of signature and runs for two years. ",
    "Either party may end it with a notice of three months.\n",
    "    12: The client pays each invoice within thirty days of its date.\n",
    "[same as text 0]", "[\\same as text 1 from \"This\" to \"it\"]", "[", "same as ", "\n", "a\n", "。", "ж ",
]


def folding_seeds():
    pieces = b"\0".join(piece.encode() for piece in SENTENCES)
    for index, choice in enumerate([0, 1, 2, 34, 66, 69, 72, 130]):
        recipe = bytes([0, 1, 2, 1, 2, 7, 255, 3, 1, 2, 0, 4, 255, 5, 6, 8, 8, 8, 8, 8, 8, 9, 255, 0, 1, 2, 1, 2, 7])
        write("folding", f"texts{index}", bytes([choice]) + pieces + b"\0" + recipe)


def body_seeds():
    text = "".join(SENTENCES[:3]) * 2
    long = text * 4
    fields = json.dumps({"out": long, "n": [1.50, {"more": long}]})
    write("bodies", "chat", json.dumps({"model": "m", "messages": [
        {"role": "system", "content": text}, {"role": "user", "content": [{"type": "text", "text": long}]},
        {"role": "assistant", "content": text}, {"role": "tool", "content": "See: " + long},
        {"role": "tool", "content": fields}, {"role": "tool", "content": fields.replace("1.5", "2")}]}))
    write("bodies", "messages", json.dumps({"system": [{"type": "text", "text": text}], "messages": [
        {"role": "user", "content": [{"type": "document", "source": {"type": "text", "data": long}},
                                     {"type": "tool_result", "content": [{"type": "text", "text": "1 " + long}]}]}]}))
    write("bodies", "responses", json.dumps({"instructions": text, "input": [
        {"role": "user", "content": [{"type": "input_text", "text": text}]},
        {"type": "function_call_output", "output": text + "ж"}]}, ensure_ascii=False))


def event_seeds():
    batches = json.loads((SEEDS.parent.parent / "Fixtures/events/batches.json").read_text())
    for case in batches["cases"]:
        write("events", case["name"], bytes.fromhex(case["frames"][2]))


def document_seeds():
    names = ["alpha", "beta [2]", "g\u00e4mma\n\nx", "a"]
    forms = {
        "auto": lambda names: "See:\n<docs>" + "\n".join(f"<doc id='{n[0]}'>{n}</doc>" for n in names) + "</docs>\nWhy?",
        "tags": lambda names: "<files>" + "".join(f"<u/><file><!-- x -->{n}</file>" for n in names) + "</files>",
        "numbers": lambda names: "\n\n".join(f"[{i + 1}] {n[:5]}" for i, n in enumerate(names)),
        "results": lambda names: json.dumps({"n": 1.50, "results": [{"t": n} for n in names]}),
        "separators": lambda names: "\r\n---\r\n".join(names),
        "headings": lambda names: "".join(f"## {n}\n```\n# x\n```\n" for n in names),
    }
    for choice, (name, form) in enumerate(forms.items()):
        texts = [form(names[1::-1]), form(names), form(names[::-1])]
        body = json.dumps({"system": [{"type": "text", "text": texts[0]}], "messages": [
            {"role": "user", "content": texts[1]}, {"role": "assistant", "content": "x"},
            {"role": "user", "content": [{"type": "tool_result", "content": texts[2]}]}]})
        write("documents", name, b"\xff".join(
            [bytes([choice + 128 * (choice % 2)]) + texts[0].encode(), texts[1].encode(), body.encode()]))


if __name__ == "__main__":
    for make in [tokenizer_seeds, tiktoken_seeds, tekken_seeds, gguf_seeds, vocabulary_seeds,
                 encoding_seeds, json_seeds, template_seeds, spec_seeds, folding_seeds,
                 body_seeds, event_seeds, document_seeds]:
        make()
