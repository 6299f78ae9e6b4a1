#!/usr/bin/env python3
"""Trains a small SentencePiece BPE vocabulary on the texts of Fixtures and writes it in each of its forms to
Fixtures/characters, with token ids as the reference engines give them.

Needs sentencepiece 0.2.3, protobuf, gguf 0.19.0 and tokenizers 0.23.3:

    python3 -m pip install sentencepiece==0.2.3 protobuf gguf==0.19.0 tokenizers==0.23.3
    python3 Scripts/generate_character_vectors.py
"""

import copy
import glob
import io
import json
import os
import random

import gguf
import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Tokenizer

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TARGET = os.path.join(ROOT, "Fixtures", "characters")
SPACE = "\u2581"
OTHER_LANGUAGES = [
    "Der Router wählt den Knoten mit dem längsten gemeinsamen Präfix, häufig über Größe und Lücke.",
    "Маршрутизатор выбирает узел с самым длинным общим префиксом и самым малым числом запросов.",
    "路由器选择前缀最长的节点。缓存命中率下降时请检查模板。",
    "Le routeur choisit le nœud dont le préfixe commun est le plus long, à l'évidence.",
]


def train():
    lines = []
    for path in sorted(glob.glob(os.path.join(ROOT, "Fixtures/quickstart/documents/*.md"))):
        with open(path, encoding="utf-8") as file:
            lines += file.read().splitlines()
    lines += OTHER_LANGUAGES * 4
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, model_type="bpe", vocab_size=900,
        byte_fallback=True, character_coverage=0.999, normalization_rule_name="identity",
        remove_extra_whitespaces=False, user_defined_symbols=["<tool>"], num_threads=1,
        minloglevel=2)
    return model.getvalue()


def merges(pieces):
    ids = {piece.piece: id for id, piece in enumerate(pieces)}
    result = []
    for piece in pieces:
        if piece.type != piece.NORMAL:
            continue
        for cut in range(1, len(piece.piece)):
            left, right = piece.piece[:cut], piece.piece[cut:]
            if left in ids and right in ids:
                result.append((-piece.score, ids[left], ids[right], [left, right]))
    return [pair for _, _, _, pair in sorted(result)]


def added(id, content, **flags):
    token = dict(id=id, content=content, single_word=False, lstrip=False, rstrip=False,
                 normalized=False, special=True)
    token.update(flags)
    return token


def base_file(pieces):
    ids = {piece.piece: id for id, piece in enumerate(pieces)}
    count = len(pieces)
    return dict(
        version="1.0", truncation=None, padding=None,
        added_tokens=[
            added(0, "<unk>"), added(1, "<s>"), added(2, "</s>"),
            added(ids["<tool>"], "<tool>", special=False),
            added(count, "<trim>", lstrip=True, rstrip=True),
            added(count + 1, "word", single_word=True, special=False),
            added(count + 2, "<Norm al>", normalized=True, special=False),
            added(count + 3, "\n", special=False),
        ],
        normalizer=None, pre_tokenizer=None, post_processor=None,
        decoder=sequence_decoder(strip=True),
        model=dict(
            type="BPE", dropout=None, unk_token="<unk>", continuing_subword_prefix=None,
            end_of_word_suffix=None, fuse_unk=True, byte_fallback=True, ignore_merges=False,
            vocab=ids, merges=merges(pieces)))


def sequence_decoder(strip):
    steps = [dict(type="Replace", pattern=dict(String=SPACE), content=" "),
             dict(type="ByteFallback"), dict(type="Fuse")]
    if strip:
        steps.append(dict(type="Strip", content=" ", start=1, stop=0))
    return dict(type="Sequence", decoders=steps)


def metaspace(scheme, split):
    return dict(type="Metaspace", replacement=SPACE, prepend_scheme=scheme, split=split)


def split(pattern, behavior, invert=False):
    return dict(type="Split", pattern=pattern, behavior=behavior, invert=invert)


def sequence(steps, key):
    return {"type": "Sequence", key: steps}


REPLACE = dict(type="Replace", pattern=dict(String=" "), content=SPACE)

# The parts in which each variant differs from the file.
VARIANTS = {
    "llama-2": dict(normalizer=sequence([dict(type="Prepend", prepend=SPACE), REPLACE],
                                        "normalizers")),
    "gemma": dict(normalizer=REPLACE,
                  pre_tokenizer=split(dict(String=" "), "MergedWithPrevious"),
                  decoder=sequence_decoder(strip=False)),
    # The decoder Metaspace alone leaves the tokens of bytes as they are spelled.
    "metaspace-always": dict(model=dict(byte_fallback=False),
                             pre_tokenizer=metaspace("always", True),
                             decoder=metaspace("always", True)),
    "metaspace-first": dict(pre_tokenizer=metaspace("first", False)),
    "metaspace-never": dict(model=dict(byte_fallback=False),
                            pre_tokenizer=metaspace("never", True),
                            decoder=metaspace("never", True)),
    "unknown": dict(
        model=dict(byte_fallback=False),
        normalizer=sequence(
            [dict(type="NFKC"), dict(type="Lowercase"),
             dict(type="Strip", strip_left=True, strip_right=True),
             dict(type="Replace", pattern=dict(Regex=" {2,}"), content=" "), REPLACE],
            "normalizers")),
    "unknown-apart": dict(
        model=dict(byte_fallback=False, fuse_unk=False),
        pre_tokenizer=sequence(
            [dict(type="Punctuation", behavior="Contiguous"),
             dict(type="Digits", individual_digits=True), dict(type="WhitespaceSplit")],
            "pretokenizers")),
    "no-unknown": dict(model=dict(byte_fallback=False, unk_token=None), normalizer=dict(type="NFD")),
    "splits": dict(
        normalizer=dict(type="NFKD"),
        pre_tokenizer=sequence(
            [split(dict(String="th"), "MergedWithPrevious"),
             split(dict(Regex="[aeiou]+"), "MergedWithNext"),
             split(dict(Regex=r"\s"), "Contiguous"), split(dict(Regex="[.,]"), "Removed"),
             split(dict(Regex="[a-z]+"), "MergedWithPrevious", invert=True),
             dict(type="Digits", individual_digits=False),
             dict(type="CharDelimiterSplit", delimiter="|")],
            "pretokenizers")),
    "whole": dict(model=dict(byte_fallback=False, ignore_merges=True), normalizer=REPLACE),
}

FRAGMENTS = [
    "<s>", "</s>", " <trim> ", "<trim>\n", "\n<trim>", "<unk>", "word", " word", "words", "x word.",
    "<Norm al>", "<norm al>", "<tool>", SPACE, SPACE * 2, " ", "  ", "\n", "\t", "<0x0A>", "é", "ǅ",
    "İ", "ß", "ﬁ", "①", "½", "路由器", "маршрут", "👩‍👩‍👧", "e\u0301", "\u0301", "th", "the ", "123",
    "٣", "a.b,c", "|", "\u3000", "\u200b", "\0", "\u00a0", "각", "!!", "--", "prefix", " cache ",
    "word\u200d", "_word",
]


def texts():
    generator = random.Random(11)
    result = ["", " ", "  ", "a", " a", "Hello world", "\n\n", "<s>a</s> b"] + OTHER_LANGUAGES
    while len(result) < 130:
        parts = []
        for _ in range(generator.randint(1, 9)):
            if generator.random() < 0.75:
                parts.append(generator.choice(FRAGMENTS))
            elif generator.random() < 0.7:
                parts.append(chr(generator.randint(0x21, 0x7E)))
            else:
                code = generator.randint(0x80, 0x1FFFF)
                parts.append("" if 0xD800 <= code < 0xE000 else chr(code))
        result.append("".join(parts))
    return result


def with_variant(file, variant):
    result = copy.deepcopy(file)
    for key, value in variant.items():
        if key == "model":
            result["model"].update(value)
        else:
            result[key] = value
    return result


def write_gguf(pieces, path):
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([piece.piece.encode() for piece in pieces])
    writer.add_token_scores([piece.score for piece in pieces])
    writer.add_token_types([piece.type for piece in pieces])
    writer.add_add_bos_token(True)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def dump(path, lines):
    with open(os.path.join(TARGET, path), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def main():
    os.makedirs(TARGET, exist_ok=True)
    model = train()
    with open(os.path.join(TARGET, "tokenizer.model"), "wb") as file:
        file.write(model)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model)
    write_gguf(proto.pieces, os.path.join(TARGET, "model.gguf"))
    file = base_file(proto.pieces)
    dump("tokenizer.json", [json.dumps(file, ensure_ascii=False, separators=(",", ":"))])
    dump("variants.json", [json.dumps(VARIANTS, ensure_ascii=False, separators=(",", ":"))])
    lines = []
    for name, variant in VARIANTS.items():
        text = json.dumps(with_variant(file, variant))
        tokenizer = Tokenizer.from_str(text)
        for sample in texts()[::1 if name in ("llama-2", "unknown", "splits") else 3]:
            ids = tokenizer.encode(sample, add_special_tokens=False).ids
            decoded = tokenizer.decode(ids, skip_special_tokens=False)
            lines.append(json.dumps(
                dict(variant=name, text=sample, ids=ids, decoded=decoded), ensure_ascii=False,
                separators=(",", ":")))
    dump("vectors.jsonl", lines)
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    lines = []
    for sample in texts():
        # The control tokens are text to SentencePiece, and U+0000 is no text.
        if "\0" in sample or any(token in sample for token in ("<s>", "</s>", "<unk>")):
            continue
        lines.append(json.dumps(
            dict(text=sample, ids=processor.encode(sample)), ensure_ascii=False,
            separators=(",", ":")))
    dump("sentencepiece.jsonl", lines)


if __name__ == "__main__":
    main()
