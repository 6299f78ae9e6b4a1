"""How each peer is called: its fastest public interface that gives exact ids with one thread.

Each function loads a peer and returns what encodes documents: it takes a list of strings and yields
the ids of each, or of all of them, as a list of integers, an array of 32-bit integers, or their bytes.
"""

import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".peers", "vocabulary")
TOKENIZER_JSON = os.path.join(FOLDER, "tokenizer.json")
RANKS = os.path.join(FOLDER, "qwen.tiktoken")
QWEN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def _each(encode):
    return lambda documents: map(encode, documents)


def load_tiktoken():
    from tiktoken import Encoding
    from tiktoken.load import load_tiktoken_bpe

    ranks = load_tiktoken_bpe(RANKS)
    encoding = Encoding("qwen3", pat_str=QWEN, mergeable_ranks=ranks, special_tokens={})
    return _each(encoding.encode_ordinary)


def load_tokenizers():
    # The batch interface leaves out the offsets, which `encode` finds as well.
    from tokenizers import Tokenizer

    encode = Tokenizer.from_file(TOKENIZER_JSON).encode_batch_fast
    return _each(lambda document: encode([document], add_special_tokens=False)[0].ids)


def load_bpe_openai():
    # Its own "voyage3_base" has Qwen's ranks. The Python layer above only checks for special tokens
    # and builds tables that encoding does not need.
    from bpe_openai import _bindings

    return _each(_bindings.tokenizer_for_encoding("voyage3_base").encode)


def load_quicktok():
    # The batch interface returns an array in place of a list.
    import quicktok

    encode = quicktok.get_encoding("qwen3").encode_batch
    return _each(lambda document: encode([document], 1)[0])


def load_tokie():
    from tokie import Tokenizer

    compiled = os.path.join(FOLDER, "tokie.tkz")
    encode = Tokenizer.from_file(compiled).encode
    return _each(lambda document: encode(document, add_special_tokens=False).ids)


def prepare_tokie():
    from tokie import Tokenizer

    Tokenizer.from_json(TOKENIZER_JSON).save(os.path.join(FOLDER, "tokie.tkz"))


def load_fastokens():
    from fastokens._native import Tokenizer

    encode = Tokenizer.from_file(TOKENIZER_JSON).encode_batch_flat
    return lambda documents: [encode(documents)[0]]


def load_snaptokens():
    from snaptokens import Tokenizer

    encode = Tokenizer.from_file(os.path.join(FOLDER, "tokenizer.tkz")).encode_batch_flat
    return lambda documents: [encode(documents)[0]]


def prepare_snaptokens():
    from snaptokens import Tokenizer

    Tokenizer.from_file(TOKENIZER_JSON, True)


def load_gigatoken():
    from gigatoken import Tokenizer

    return _each(Tokenizer(TOKENIZER_JSON).encode)


PEERS = {
    "tokenizers": load_tokenizers,
    "tiktoken": load_tiktoken,
    "bpe-openai": load_bpe_openai,
    "quicktok-v1": load_quicktok,
    "tokie": load_tokie,
    "snaptokens": load_snaptokens,
    "fastokens": load_fastokens,
    "gigatoken": load_gigatoken,
}

# What is compiled beforehand, as our vocabulary is.
PREPARATIONS = {"tokie": prepare_tokie, "snaptokens": prepare_snaptokens}
