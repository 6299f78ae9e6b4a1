"""Random texts that meet what split patterns tell apart: scripts, case, marks, digits, white space,
contractions, punctuation, marks, long runs, and code points of every kind."""

import random
import unicodedata

LENGTH = 64 * 1024
WORDS = ["the", "don't", "It'S", "WE'VE", "they'LL", "i\u017f", "'\u017f", "HTTPServer", "fooBar", "x1",
         "1234567", "3.14", "\u4f60\u597d", "\u4e16\u754c", "\u3053\u3093", "\u0441\u043b\u043e\u0432\u043e", "\u0645\u0631\u062d\u0628\u0627",
         "\u0928\u092e\u0938\u094d\u0924\u0947", "e\u0301", "\u1112\u1161\u11ab", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\U0001f469\u200d\U0001f467", "<|im", "</s>", "//", "/**/", "...", "--", "\u2014"]
SPACES = [" ", "  ", "\n", "\r\n", "\n\n", " \n", "\n ", "\t", "\u00a0", "\u2003", "\u3000", "\u2028", "\u0085", "\x0b", "\x0c",
          "\r", "   \n  ", " \t "]
MARKS = [chr(code) for code in range(0x300, 0x20000) if unicodedata.combining(chr(code))]
MARKS += ["\u1161", "\u11a8", "\u0b3e", "\u3099", "\u0327", "\u0301"]
RANGES = [(0x20, 0x7F), (0x00, 0x20), (0x7F, 0x250), (0x2B0, 0x370), (0x370, 0x590), (0x590, 0x900),
          (0x900, 0x1100), (0x1100, 0x1400), (0x1680, 0x2000), (0x2000, 0x2E80), (0x2E80, 0x4E00),
          (0x4E00, 0xA000), (0xA000, 0xAC00), (0xAC00, 0xD7FF), (0xE000, 0x10000),
          (0x10000, 0x20000), (0x20000, 0x33500), (0xE0000, 0xE01F0), (0x0, 0x110000)]


def _character(generator):
    while True:
        code = generator.randrange(*generator.choice(RANGES))
        if not 0xD800 <= code < 0xE000:
            return chr(code)


def _marked(generator):
    """A letter with marks in any order, which normalisation composes and reorders."""
    letters = ["a", "E", "o", "\u03b9", "\u0430", "\u1100\u1161", "\u05d1", "\u0644", "\u0928", "\u0b47", "\u3046", "\uac00"]
    return generator.choice(letters) + "".join(generator.choices(MARKS, k=generator.randrange(1, 5)))


def make(seed, index, added_tokens):
    """The random text number `index` of a seed; texts of added tokens stand here and there in it."""
    generator = random.Random(seed * 1_000_003 + index)
    makers = [
        lambda: generator.choice(WORDS),
        lambda: generator.choice(SPACES),
        lambda: _character(generator),
        lambda: _character(generator) * generator.randrange(1, 9),
        lambda: chr(generator.randrange(0x20, 0x7F)),
        lambda: str(generator.randrange(10 ** generator.randrange(1, 9))),
        lambda: _marked(generator),
        lambda: generator.choice(added_tokens) if generator.randrange(20) == 0 else " ",
        lambda: _character(generator) * 2_000 if generator.randrange(500) == 0 else "",
    ]
    return "".join(generator.choice(makers)() for _ in range(LENGTH // 4))
