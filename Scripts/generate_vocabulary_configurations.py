#!/usr/bin/env python3
"""Writes tokenizers/NAME.json, the configuration of each vocabulary: normaliser, split patterns, added
tokens.

For models that publish a tokenizer.json the configuration is read from it; rank files hold none, so it
stands here. tokenizers/manifest.json says which package holds which file.
Usage: Scripts/generate_vocabulary_configurations.py FOLDER, with FOLDER/NAME.json being the
tokenizer.json of each name in PUBLISHED.
"""

import json
import pathlib
import sys

PUBLISHED = [
    "qwen3", "qwen2.5", "qwen3.5", "deepseek-v3", "deepseek-r1", "deepseek-v3.1", "deepseek-v3.2", "deepseek-v4",
    "glm-4", "glm-4.5", "glm-4.7", "minimax", "minimax-m3",
]

CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
TAIL = r"\s*[\r\n]+|\s+(?!\S)|\s+"
CL100K = CONTRACTION + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + TAIL
UPPER, LOWER = r"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}", r"\p{Ll}\p{Lm}\p{Lo}\p{M}"


def by_case(suffix, digits):
    first = r"[^\r\n\p{L}\p{N}]?"
    words = f"{first}[{UPPER}]*[{LOWER}]+{suffix}|{first}[{UPPER}]+[{LOWER}]*{suffix}"
    return words + "|" + digits + r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|" + TAIL


O200K = by_case(CONTRACTION + "?", r"\p{N}{1,3}")
TEKKEN = by_case("", r"\p{N}")


def special(first, *names):
    return [{"id": first + index, "content": name, "special": True} for index, name in enumerate(names)]


def numbered(first, last, text, number):
    """Tokens first to last; `#` in text is the running number from `number` on."""
    return special(first, *(text.replace("#", str(number + index)) for index in range(last - first + 1)))


RANKED = {
    "llama3": (
        CL100K,
        special(128000, "<|begin_of_text|>", "<|end_of_text|>")
        + numbered(128002, 128005, "<|reserved_special_token_#|>", 0)
        + special(128006, "<|start_header_id|>", "<|end_header_id|>", "<|reserved_special_token_4|>", "<|eot_id|>")
        + numbered(128010, 128255, "<|reserved_special_token_#|>", 5),
    ),
    "llama3.1": (
        CL100K,
        special(128000, "<|begin_of_text|>", "<|end_of_text|>")
        + numbered(128002, 128003, "<|reserved_special_token_#|>", 0)
        + special(
            128004, "<|finetune_right_pad_id|>", "<|step_id|>", "<|start_header_id|>", "<|end_header_id|>",
            "<|eom_id|>", "<|eot_id|>", "<|python_tag|>", "<|image|>",
        )
        + numbered(128012, 128255, "<|reserved_special_token_#|>", 2),
    ),
    "llama4": (
        O200K,
        special(
            200000, "<|begin_of_text|>", "<|end_of_text|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>",
            "<|header_start|>", "<|header_end|>", "<|eom|>", "<|eot|>", "<|step|>",
        )
        + numbered(200010, 200015, "<|text_post_train_reserved_special_token_#|>", 0)
        + special(200016, "<|python_start|>", "<|python_end|>", "<|finetune_right_pad|>")
        + numbered(200019, 200079, "<|text_post_train_reserved_special_token_#|>", 8)
        + special(200080, "<|image_start|>", "<|image_end|>")
        + numbered(200082, 200083, "<|vision_reserved_special_token_#|>", 0)
        + special(200084, "<|tile_x_separator|>", "<|tile_y_separator|>")
        + numbered(200086, 200089, "<|vision_reserved_special_token_#|>", 2)
        + special(200090, "<|image|>", "<|vision_reserved_special_token_6|>", "<|patch|>")
        + numbered(200093, 201133, "<|vision_reserved_special_token_#|>", 7)
        + numbered(201134, 201141, "<|reasoning_reserved_special_token_#|>", 0)
        + special(201142, "<|reasoning_thinking_start|>", "<|reasoning_thinking_end|>")
        + numbered(201144, 202047, "<|reserved_special_token_#|>", 0),
    ),
    "cl100k": (
        CL100K,
        special(100257, "<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>")
        + special(100276, "<|endofprompt|>"),
    ),
    "o200k": (O200K, special(199999, "<|endoftext|>") + special(200018, "<|endofprompt|>")),
    "gpt-oss": (
        O200K,
        special(
            199998, "<|startoftext|>", "<|endoftext|>", "<|reserved_200000|>", "<|reserved_200001|>", "<|return|>",
            "<|constrain|>", "<|reserved_200004|>", "<|channel|>", "<|start|>", "<|end|>", "<|message|>",
        )
        + numbered(200009, 200011, "<|reserved_#|>", 200009)
        + special(200012, "<|call|>")
        + numbered(200013, 200017, "<|reserved_#|>", 200013)
        + special(200018, "<|endofprompt|>")
        + numbered(200018, 201087, "<|reserved_#|>", 200018),
    ),
    "tekken": (
        TEKKEN,
        special(
            0, "<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]",
            "[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[TOOL_CALLS]", "[IMG]", "<pad>", "[IMG_BREAK]", "[IMG_END]",
            "[PREFIX]", "[MIDDLE]", "[SUFFIX]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[TOOL_CONTENT]",
        )
        + numbered(20, 999, "<SPECIAL_#>", 20),
    ),
}


def published(name, path):
    file = json.loads(path.read_text(encoding="utf-8"))
    normalizer = file.get("normalizer") or {}
    assert normalizer.get("type") in (None, "NFC") or not normalizer.get("normalizers"), normalizer
    splits = file["pre_tokenizer"]["pretokenizers"][:-1]
    flags = ["special", "lstrip", "rstrip", "single_word", "normalized"]
    tokens = [
        {"id": token["id"], "content": token["content"], **{flag: True for flag in flags if token[flag]}}
        for token in sorted(file["added_tokens"], key=lambda token: token["id"])
    ]
    return {
        "name": name,
        "normalization": "nfc" if normalizer.get("type") == "NFC" else "none",
        "split": [split["pattern"]["Regex"] for split in splits],
        "ignore_merges": bool(file["model"].get("ignore_merges")),
        "added_tokens": tokens,
    }


def main():
    root = pathlib.Path(__file__).resolve().parent.parent / "tokenizers"
    configurations = [
        {"name": name, "normalization": "none", "split": [pattern], "ignore_merges": True, "added_tokens": tokens}
        for name, (pattern, tokens) in RANKED.items()
    ]
    for name in PUBLISHED:
        configurations.append(published(name, pathlib.Path(sys.argv[1]) / f"{name}.json"))
    for configuration in configurations:
        tokens = configuration.pop("added_tokens")
        head = json.dumps(configuration, ensure_ascii=False, indent=2)[:-2]
        lines = [json.dumps(token, ensure_ascii=False) for token in tokens]
        text = head + ',\n  "added_tokens": [\n    ' + ",\n    ".join(lines) + "\n  ]\n}\n"
        (root / f"{configuration['name']}.json").write_text(text, encoding="utf-8")


main()
