#!/usr/bin/env python3
"""Writes Fixtures/tokens/qwen3.jsonl: texts and the ids that Hugging Face `tokenizers` gives them.

Needs `pip install tokenizers==0.23.3` and Qwen3's tokenizer.json (tokenizers/manifest.json says where
that comes from). Usage: Scripts/generate_token_vectors.py tokenizer.json > Fixtures/tokens/qwen3.jsonl
"""

import json
import random
import sys

import tokenizers

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__

WRITTEN = [
    "", " ", "  ", "\n", "\n\n\n", " \n \n", "\r\n\r\n", "a", "a ", " a", "it's IT'S it\u017fong 'll",
    "don\u2019t 'tis", "x.\n\nY", "end.\n", "...\n\n", "3.14159 1e10 \u0663\u0664", "\u00bd\u2167\u00b2",
    "caf\u00e9 cafe\u0301", "\u1100\u1161\u11a8 \uac01", "\ufb01 \u2460 \ufffd", "na\u00efve r\u00e9sum\u00e9",
    "\u65e5\u672c\u8a9e\u306e\u30c6\u30ad\u30b9\u30c8\u3002", "\u4f60\u597d\uff0c\u4e16\u754c\uff01", "\ud55c\uad6d\uc5b4 \ubb38\uc7a5", "\u043f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645", "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\u05e9\u05dc\u05d5\u05dd",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea \U0001fae9", "\U00031350 \U0001f775 \U00016d40", "\u0c15\u0c4d\u0c3c \u07fd\u0301",
    "<|im_start|>user\nHi<|im_end|>\n", "<|im_start|user", "<think>\n\n</think>\n\n", "<tool_call>{}</tool_call>",
    "<<|im_end|>>", "a<|endoftext|> b", "def f(x):\n    return x  # note\n\n\nclass A:\n\tpass\n",
    "{\"a\": [1, 2.5, null], \"b\": \"\\u00e9\"}\n", "https://example.org/a?b=c&d=%20#e", "\u00a0\u3000\u2003 x\u200b\ufeff",
    "\x00\x01\x1f\x7f\x85", "a" * 300, " " * 200 + "x", "\n" * 100, "ab" * 150, "-" * 257, "\u0301" * 40, "e\u0301" * 60,
]


def random_text(generator):
    pools = [
        lambda: chr(generator.randrange(32, 127)),
        lambda: generator.choice("\t\n\r \u00a0\u2003\u3000\u2028'"),
        lambda: chr(generator.randrange(0x300, 0x370)),
        lambda: chr(generator.randrange(0x80, 0x2000)),
        lambda: chr(generator.randrange(0x3000, 0xD7A4)),
        lambda: chr(generator.randrange(0x10000, 0x20000)),
        lambda: generator.choice(["<|im_end|>", "<|im", "'re", "the ", "1234", ".\n", "</think>"]),
    ]
    return "".join(generator.choice(pools)() for _ in range(generator.randrange(1, 40)))


def main():
    tokenizer = tokenizers.Tokenizer.from_file(sys.argv[1])
    generator = random.Random(20261124)
    for text in WRITTEN + [random_text(generator) for _ in range(250)]:
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        print(json.dumps({"text": text, "special": True, "ids": ids}))


main()
