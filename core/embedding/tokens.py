"""How CLIP reads words: byte pairs, joined in the order in which they were most frequent (Sennrich et al., 2016).

The package `clip` brings the vocabulary and its own tokenizer. That one imports torch with the package, for eight
seconds, and by itself still takes a quarter of a second to be ready: as long as the rest of a search. This one gives
the same tokens, ready in a tenth of that. Most words are plain; only others need the libraries that mend characters.
"""

import importlib.util
import re
import zlib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CONTEXT = 77
"""Tokens that CLIP reads of a text."""

OWN_TOKENS = 2
"""The first and the last are CLIP's own."""

MAX_TOKENS = CONTEXT - OWN_TOKENS

_MERGES = 49_152 - 256 - 2  # of those in the file: the first
_NEVER = _MERGES  # the rank of pairs that are not joined
_START, _END = "<|startoftext|>", "<|endoftext|>"
_ENDING = "</w>"  # of the last character of a word
_ENOUGH = 1 << 20  # bytes of the file in which these are; all of it are three times as many

_PLAIN = re.compile(r"[ -%'-~]*")  # ASCII that can be seen, and no `&`, which may begin the name of a character
_CONTRACTED = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d"
_PLAIN_WORD = re.compile(_CONTRACTED + r"|[a-z]+|[0-9]|[^\sa-z0-9]+")


def fits(text: str, most: int) -> bool:
    """Whether a text has so many tokens at most. Each of a plain one has a character at least: of a short one that is
    known without the vocabulary, which takes as long to read as a search."""
    return bool(len(text) <= most and _PLAIN.fullmatch(text)) or count_tokens(text) <= most


def count_tokens(text: str) -> int:
    return len(encode(text))


def tokenize(texts: Sequence[str]) -> NDArray[np.int32]:
    """Texts of at most `MAX_TOKENS` tokens, as `clip.tokenize` gives them. Returns shape `(n, 77)`."""
    ids = vocabulary().ids
    rows = np.zeros((len(texts), CONTEXT), np.int32)
    for row, text in zip(rows, texts, strict=True):
        tokens = [ids[_START], *encode(text), ids[_END]]
        row[: len(tokens)] = tokens
    return rows


def encode(text: str) -> list[int]:
    """The tokens of a text of any length, without CLIP's own."""
    return [token for word in _words(text) for token in _tokens(word)]


def _words(text: str) -> list[str]:
    if _PLAIN.fullmatch(text):
        return _PLAIN_WORD.findall(text.lower())
    import html

    import ftfy

    mended = html.unescape(html.unescape(ftfy.fix_text(text))).strip()
    return list(_any_word().findall(re.sub(r"\s+", " ", mended).strip().lower()))


@cache
def _any_word() -> "re.Pattern[str]":
    import regex

    pattern: re.Pattern[str] = regex.compile(_CONTRACTED + r"|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+", regex.IGNORECASE)
    return pattern


@lru_cache(1 << 14)
def _tokens(word: str) -> tuple[int, ...]:
    known = vocabulary()
    if word in (_START, _END):
        return (known.ids[word],)
    symbols = [known.characters[byte] for byte in word.encode("utf-8")]
    symbols[-1] += _ENDING
    ranks = _Ranks(known.ranks)
    while len(symbols) > 1:
        pair = min(set(pairwise(symbols)), key=ranks.__getitem__)
        if ranks[pair] == _NEVER:
            break
        symbols = _joined(symbols, pair)
    return tuple(known.ids[symbol] for symbol in symbols)


def _joined(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    """With this pair as one symbol wherever it stands, from the left."""
    joined, at = list[str](), 0
    while at < len(symbols):
        length = 2 if tuple(symbols[at : at + 2]) == pair else 1
        joined.append("".join(symbols[at : at + length]))
        at += length
    return joined


class _Vocabulary:
    def __init__(self, merges: list[str]) -> None:
        self.characters = _characters()
        self.ranks = dict(zip(merges, range(len(merges)), strict=True))
        """The rank of pairs, with a blank between the two: the first are joined first."""
        single = list(self.characters.values())
        symbols = [*single, *(f"{one}{_ENDING}" for one in single)]
        symbols += "\n".join(merges).replace(" ", "").split("\n")
        self.ids = dict(zip([*symbols, _START, _END], range(len(symbols) + 2), strict=True))


class _Ranks(dict[tuple[str, str], int]):
    """The ranks of the pairs of one word: an endless one has the same pairs again and again."""

    def __init__(self, ranks: Mapping[str, int]) -> None:
        self._all = ranks

    def __missing__(self, pair: tuple[str, str]) -> int:
        rank = self[pair] = self._all.get(" ".join(pair), _NEVER)
        return rank


@cache
def vocabulary() -> _Vocabulary:
    package = importlib.util.find_spec("clip")  # finds the package, and does not import it
    if package is None or package.origin is None:
        raise ModuleNotFoundError("the package clip is not installed", name="clip")
    packed = Path(package.origin).with_name("bpe_simple_vocab_16e6.txt.gz").read_bytes()
    text = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(packed, _ENOUGH)
    return _Vocabulary(text.decode("utf-8", "ignore").split("\n", _MERGES + 1)[1 : _MERGES + 1])


def _characters() -> dict[int, str]:
    """For each byte the character that stands for it in the vocabulary, in its order: itself where it can be seen."""
    seen = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in seen]
    return {byte: chr(byte) for byte in seen} | {byte: chr(256 + at) for at, byte in enumerate(others)}
