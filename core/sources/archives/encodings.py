"""In which encoding the names in an archive are, where it does not say.

ZIP archives keep names as bytes: in UTF-8 where a flag says so, else in whatever the writer's system used. All names of
an archive are decided together, by how likely their bytes are in each encoding. Detectors made for texts (such as
charset-normalizer, whose guess was wrong for 14 of 33 lists of one to three names) need more than names give them.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_COMMON = math.log(0.95)
_PLAIN = math.log(1 / 40)  # an ASCII character that is one, not the second byte of another
_ACCENTED = math.log(0.15)  # how many letters with an accent there are among plain ones
_FREQUENT, _SELDOM = math.log(1 / 16), math.log(1 / 80)
_RARE = math.log(0.05 / 5000)  # a character that such names hardly have
_CAPITAL, _WITHIN = math.log(0.5), math.log(0.05)  # a capital, and one within a word
_OUT_OF_PLACE = math.log(0.002)  # a letter of another script within a word
_ALONE = math.log(0.05)  # a letter with an accent, or a sign, that stands by itself
_READABLE = 0.7  # of the characters that are not ASCII must be common ones
_MAX_BYTES = 20_000  # that are looked at

_WESTERN = "äöüßéèêëàâáãåæçíìîïñóòôõøœúùûý–—‘’“”…°"
_CENTRAL = "ąćęłńóśźżáčďéěíňřšťúůýžäöüßőűâăîșțşţđ"
_UTF8 = _WESTERN + _CENTRAL + "".join(map(chr, (*range(0x3B1, 0x3CF), *range(0x430, 0x460), *range(0x5D0, 0x5EB))))
_UTF8 += "".join(map(chr, (*range(0x620, 0x653), *range(0xA0, 0xC0))))


@dataclass(frozen=True, slots=True)
class _Encoding:
    name: str
    is_common: Callable[[str, bytes], bool]
    """Of a character and its bytes."""
    choices: int = 0
    """How many common characters there are: each is the less likely."""
    prior: float = 1.0
    frequent: str = ""
    """In place of the number: the letters that most words have."""
    is_latin: bool = False

    def weight(self, letter: str) -> float:
        """How likely it is that a common character is this one, as a logarithm."""
        if self.frequent:
            return _FREQUENT if letter.lower() in self.frequent else _SELDOM
        return -math.log(self.choices)


def _letters(*scripts: str) -> Callable[[str, bytes], bool]:
    return lambda letter, _: unicodedata.name(letter, "").startswith(scripts) or letter in "–—«»№"


def _of(letters: str) -> Callable[[str, bytes], bool]:
    return lambda letter, _: letter.lower() in letters


def _japanese(letter: str, data: bytes) -> bool:
    is_kana = "\u3041" <= letter <= "\u30fe" or letter in "々〆、。・「」（）　！？～"
    return is_kana or (len(data) == 2 and 0x88 <= data[0] <= 0x98)  # the first level of kanji


def _rows(first: int, last: int, trail: int = 0xA1) -> Callable[[str, bytes], bool]:
    return lambda _, data: len(data) == 2 and first <= data[0] <= last and data[1] >= trail


_ENCODINGS = (
    _Encoding("cp932", _japanese, 500),  # Shift-JIS; half of what is written is kana
    _Encoding("cp932", lambda letter, _: "\uff66" <= letter <= "\uff9f", 60, 0.5),  # half-width katakana
    _Encoding("gb18030", _rows(0xB0, 0xD7), 3755, 2.0),  # GBK
    _Encoding("big5", _rows(0xA4, 0xC6, 0x40), 5401),
    _Encoding("cp949", _rows(0xB0, 0xC8), 2350),  # EUC-KR
    _Encoding("cp1252", _of(_WESTERN), 0, 1.0, "éèäöüáíóñçãàâêßøåæ", True),
    _Encoding("cp437", _of(_WESTERN), 0, 1.0, "éèäöüáíóñçãàâêßøåæ", True),
    _Encoding("cp850", _of(_WESTERN), 0, 0.5, "éèäöüáíóñçãàâêßøåæ", True),
    _Encoding("mac_roman", _of(_WESTERN), 0, 0.05, "éèäöüáíóñçãàâêßøåæ", True),
    _Encoding("cp1250", _of(_CENTRAL), 0, 0.1, "ąęółśćżčěšžýáíéůř", True),
    _Encoding("cp852", _of(_CENTRAL), 0, 0.2, "ąęółśćżčěšžýáíéůř", True),
    _Encoding("cp1251", _letters("CYRILLIC"), 0, 1.0, "оеаинтсрвлкм"),
    _Encoding("cp866", _letters("CYRILLIC"), 0, 1.0, "оеаинтсрвлкм"),
    _Encoding("koi8-r", _letters("CYRILLIC"), 0, 0.1, "оеаинтсрвлкм"),
    _Encoding("cp1253", _letters("GREEK"), 0, 0.5, "αοιετσνηυρπκς"),
    _Encoding("cp737", _letters("GREEK"), 0, 0.3, "αοιετσνηυρπκς"),
    _Encoding("cp1255", _letters("HEBREW LETTER"), 0, 0.5, "יוהלאמרתבנ"),
    _Encoding("cp862", _letters("HEBREW LETTER"), 0, 0.3, "יוהלאמרתבנ"),
    _Encoding("cp1256", _letters("ARABIC LETTER"), 0, 0.5, "اليمونةرت"),
    _Encoding("cp874", _letters("THAI"), 60, 0.01),
)

_LATIN = tuple(encoding for encoding in _ENCODINGS if encoding.is_latin)
_ONE_LETTER = re.compile(rb"([\0-\x7f]*[^A-Za-z\x80-\xff])?[\x80-\xff]([^A-Za-z\x80-\xff][\0-\x7f]*)?")


def encoding_of(names: Sequence[bytes]) -> str | None:
    """The encoding in which all these names are likely to be; None where they are readable in none."""
    names = [name for name in names if not name.isascii()]
    if _decodes(names, "utf-8") and _is_likely_utf8("".join(name.decode() for name in names)):
        return "utf-8"
    names = list(_some([name for name in names if not is_surely_utf8(name)]))
    for encodings in (_LATIN, _ENCODINGS) if _is_one_letter(names) else (_ENCODINGS,):
        likely = max(encodings, key=lambda encoding: _likelihood(names, encoding))
        if _readable(names, likely):
            return likely.name
    return None


def _is_one_letter(names: Sequence[bytes]) -> bool:
    """Whether all there is to tell by is one byte that stands by itself: it is nothing to know a script by, and most
    likely a letter of the alphabet that the rest is in."""
    return _ONE_LETTER.fullmatch(b"/".join(names)) is not None


def is_surely_utf8(name: bytes) -> bool:
    """Whether a name by itself can hardly be anything else, whatever the others of its archive are: it has characters
    of three or four bytes."""
    try:
        return any(letter >= "\u0800" for letter in name.decode())
    except UnicodeDecodeError:
        return False


def _is_likely_utf8(text: str) -> bool:
    """Few names are UTF-8 by chance; those that are, such as GBK's of two characters, are letters that nobody uses."""
    letters = [letter for letter in text if not letter.isascii()]
    common = sum(letter >= "\u0800" or letter.lower() in _UTF8 or "\u0300" <= letter < "\u0370" for letter in letters)
    return common >= len(letters) / 2


def _some(names: Sequence[bytes]) -> Iterator[bytes]:
    left = _MAX_BYTES
    for name in dict.fromkeys(names):
        if (left := left - len(name)) < 0:
            return
        yield name


def _decodes(names: Sequence[bytes], encoding: str) -> bool:
    try:
        for name in names:
            name.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _likelihood(names: Sequence[bytes], encoding: _Encoding) -> float:
    if not _decodes(names, encoding.name):
        return -math.inf
    return math.log(encoding.prior) + sum(_of_name(name.decode(encoding.name), encoding) for name in names)


def _of_name(name: str, encoding: _Encoding) -> float:
    total, before = 0.0, ""
    for letter, after in zip(name, f"{name[1:]} ", strict=True):
        total += _PLAIN if letter.isascii() else _of_letter(letter, before, after, encoding)
        before = letter
    return total


def _of_letter(letter: str, before: str, after: str, encoding: _Encoding) -> float:
    """Of a character that is not ASCII, between those before and after it."""
    if not encoding.is_common(letter, letter.encode(encoding.name)):
        return _RARE
    total = _COMMON + encoding.weight(letter)
    if letter.isupper():
        total += _CAPITAL
        if before.isalpha() and not before.isupper():
            total += _WITHIN
    if encoding.is_latin:
        total += _ACCENTED
    if (letter.isalpha() or encoding.is_latin) and encoding.is_latin != _is_beside(encoding, before, after):
        total += _ALONE if encoding.is_latin else _OUT_OF_PLACE
    return total


def _is_beside(encoding: _Encoding, before: str, after: str) -> bool:
    """Whether a character is beside letters of the Latin alphabet: those with accents are, other scripts are not."""
    return any(one.isalpha() and (encoding.is_latin or one.isascii()) for one in (before, after))


def _readable(names: Sequence[bytes], encoding: _Encoding) -> bool:
    if not _decodes(names, encoding.name):
        return False
    letters = [letter for name in names for letter in name.decode(encoding.name) if not letter.isascii()]
    common = sum(encoding.is_common(letter, letter.encode(encoding.name)) for letter in letters)
    return common >= _READABLE * len(letters)
