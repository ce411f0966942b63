"""Text as it is drawn into pictures: in a font that knows its letters, in the order they are read in, and short."""

import bisect
import math
import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from PIL import ImageDraw, ImageFont, features

from core.text.names import printable

type Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_FOLDERS = {
    "linux": ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": ("C:/Windows/Fonts",),
}
_OTHERS = (
    *("NotoSansCJK-Regular.*", "NotoSansCJKjp-Regular.*", "SourceHanSans*-Regular.*", "wqy-*.ttc"),
    *("DroidSansFallbackFull.ttf", "DroidSansFallback.ttf"),
    *("PingFang.ttc", "Hiragino Sans GB.ttc", "AppleSDGothicNeo.ttc", "Arial Unicode.ttf", "Thonburi.ttc"),
    *("msyh.ttc", "YuGothR.ttc", "malgun.ttf", "Nirmala.ttc", "Nirmala.ttf", "LeelawUI.ttf"),
    "NotoSans*-Regular.ttf",
)
"""Fonts that systems have for the scripts that the first one lacks, in the order they are tried."""
_SPELLED = re.compile(r"(?:HANGUL SYLLABLE|(?:HIRAGANA|KATAKANA) LETTER(?: SMALL)?) ([A-Z]+)$")
_SCRIPTS = {"CJK": "Chinese", "HANGUL": "Korean", "HIRAGANA": "Japanese", "KATAKANA": "Japanese"}
"""What people call them where it differs from the first word of the names of their letters."""
_MAX_FONTS = 60
_RIGHT_TO_LEFT = range(0x0590, 0x0900), range(0xFB1D, 0xFE00), range(0xFE70, 0xFF00)


@cache
def font_file() -> str | None:
    """DejaVu Sans, which comes with Matplotlib (found, not imported): Latin, Greek, Cyrillic, Arabic, Hebrew, Armenian,
    Georgian and more. None: Pillow's own font, which knows ASCII."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
    return str(file) if file.is_file() else None


@lru_cache(256)
def font(size: int, file: str | None = None) -> Font:
    """
    Args:
        size: Pixels.
        file: By default that of `font_file`.
    """
    file = file or font_file()
    return ImageFont.truetype(file, size) if file else ImageFont.load_default(size)


class Line(NamedTuple):
    """A text in one line, as it is drawn: in pieces, each with a font that has its letters."""

    runs: tuple[tuple[str, Font], ...]

    @property
    def length(self) -> float:
        """Pixels."""
        return sum(lettering.getlength(text) for text, lettering in self.runs)

    def draw(self, on: ImageDraw.ImageDraw, place: tuple[float, float], colour: str) -> None:
        """
        Args:
            place: Left, and the line that the letters stand on.
        """
        left, base = place
        for text, lettering in self.runs:
            on.text((left, base), text, fill=colour, font=lettering, anchor="ls")
            left += lettering.getlength(text)


def line_of(text: str, size: int) -> Line:
    """One that is read from right to left is in one piece: its parts stand in another order than they are written."""
    if _is_turned(text):
        return Line(((in_order(text), font(size, first_with(frozenset(text)))),))
    runs: list[tuple[str, str | None]] = []
    for letter in text:
        last = runs[-1][1] if runs else None
        file = last if runs and (letter.isspace() or unicodedata.combining(letter)) else first_with(frozenset(letter))
        if runs and file == last:
            runs[-1] = (runs[-1][0] + letter, file)
        else:
            runs.append((letter, file))
    return Line(tuple((run, font(size, file)) for run, file in runs))


@lru_cache(4096)
def first_with(letters: frozenset[str]) -> str | None:
    """The first font that has all these letters, else the one with the most of them."""
    wanted = {ord(letter) for letter in letters if letter.isprintable() and not letter.isspace()}
    return min(fonts(), key=lambda file: len(wanted - letters_of(file)), default=None)


def in_order(text: str) -> str:
    """The text as Pillow must be given it. With Raqm it puts right-to-left scripts in order and joins their letters by
    itself; Raqm needs the library FriBiDi, which not every system has."""
    if not _is_turned(text) or features.check_feature("raqm"):
        return text
    import arabic_reshaper
    from bidi import get_display

    ordered: str = get_display(arabic_reshaper.reshape(text))
    return ordered


def _is_turned(text: str) -> bool:
    return any(ord(letter) in script for letter in text for script in _RIGHT_TO_LEFT)


def shortened(text: str, most: int) -> str:
    """The text in one line of at most so many characters; what cannot be printed becomes `�`."""
    line = printable(" ".join(text[: 4 * most].split()))
    return line if len(line) <= most else f"{line[: most - 1]}…"


def fitted(text: str, size: int, width: int) -> Line:
    """The text in one line that fits into so many pixels, its middle left out where it is too long: of a name the end
    tells as much as the beginning."""
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    text = _cut(drawable(printable(composed)), 2 * width)  # no more would fit: letters are wider than half a pixel
    line = line_of(text, size)
    if line.length <= width:
        return line
    kept = bisect.bisect_right(
        range(1, len(text)), width, key=lambda most: math.ceil(line_of(_cut(text, most), size).length)
    )
    return line_of(_cut(text, max(1, kept)), size)


def drawable(text: str) -> str:
    """The text without letters that no font here has, which would be drawn as boxes: Korean and kana are spelled by the
    names that Unicode gives them, other scripts are named."""
    drawn: list[str] = []
    for letter in text:
        other = "" if _is_drawable(letter) else _spelled(letter)
        named = other.startswith("[")
        if not (named and drawn and drawn[-1] == other):  # one name for all letters of a stretch
            drawn.append(other or letter)
    return "".join(drawn)


def _is_drawable(letter: str) -> bool:
    if letter.isascii() or letter.isspace():
        return True
    return any(ord(letter) in letters_of(file) for file in fonts())


def _spelled(letter: str) -> str:
    name = unicodedata.name(letter, "")
    script, _, rest = name.partition(" ")
    if spelled := _SPELLED.match(name):
        return spelled[1].lower()
    if script == "KATAKANA-HIRAGANA":  # what makes a vowel long
        return "-"
    if (plain := unicodedata.normalize("NFKD", letter)[0]).isascii():
        return plain
    if unicodedata.category(letter)[0] not in "LMN":
        return "?"
    return f"[{_SCRIPTS.get(script, script.capitalize() if rest else 'name')}]"


def _cut(line: str, most: int) -> str:
    if len(line) <= most:
        return line
    tail = (most - 1) // 2
    return f"{line[: most - 1 - tail]}…{line[len(line) - tail :]}"


@cache
def fonts() -> tuple[str, ...]:
    """Files, in the order they are tried."""
    first = [file for file in (font_file(),) if file]
    return (*first, *dict.fromkeys(_system_fonts()))


def _system_fonts() -> Iterator[str]:
    folders = [Path(folder).expanduser() for folder in _FOLDERS.get(sys.platform, _FOLDERS["linux"])]
    found = 0
    for pattern in _OTHERS:
        for folder in folders:
            for file in sorted(folder.glob(f"**/{pattern}")):
                found += 1
                if found <= _MAX_FONTS:
                    yield str(file)


@cache
def letters_of(file: str) -> frozenset[int]:
    """The code points that a font has; of a collection those of its first."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(file, fontNumber=0, lazy=True) as opened:
            return frozenset(opened.getBestCmap() or ())
    except (TTLibError, OSError, ValueError, KeyError):
        return frozenset()
