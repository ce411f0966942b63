"""Names that files and folders have, or are given to do harm."""

import os
from functools import partial
from pathlib import Path

from tests.hostile.drawn import png
from tests.hostile.kinds import Fate, Kind, added, below, failed, one, several, skipped


def named(*names: str) -> Kind:
    """Good pictures."""
    return several(*(one(added(name)) for name in names))


def inside(*names: str) -> Kind:
    """A good picture in each of these folders."""
    return several(*(partial(below, name=name) for name in names))


def hidden(folder: Path) -> list[Fate]:
    for name in (".png", "...png", "._x.png", ".x.png", "@eaDir/x.png", "__MACOSX/x.png", ".git/x.png", "Thumbs.db"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(png())
    return []


def too_deep(folder: Path) -> list[Fate]:
    """A picture where no path leads: it is made step by step, from folder to folder."""
    at, path = os.open(folder, os.O_RDONLY), ""
    while len(os.fsencode(folder / path)) < 4096:
        path, above = f"{path}/{'d' * 250}".lstrip("/"), at
        os.mkdir("d" * 250, dir_fd=above)
        at = os.open("d" * 250, os.O_RDONLY, dir_fd=above)
        os.close(above)
    with os.fdopen(os.open("x.png", os.O_WRONLY | os.O_CREAT, dir_fd=at), "wb") as file:
        file.write(png())
    os.close(at)
    return [failed(path, "its name is too long")]


def dated(folder: Path) -> list[Fate]:
    for seconds in (-(2**31), 0, 2**33 + 2**32):
        (folder / f"{seconds}.png").write_bytes(png())
        os.utime(folder / f"{seconds}.png", (seconds, seconds))
    return [added(path.name) for path in folder.iterdir()]


NAMES: dict[str, Kind] = {
    "a name that is not UTF-8": named(os.fsdecode(b"caf\xe9.png")),
    "a name of half a character": named(os.fsdecode(b"\xe2\x82.png")),
    "a name of 255 bytes": named("n" * 251 + ".png"),
    "a name of 255 bytes of UTF-8": named("é" * 125 + "x.png"),
    "a name with line breaks": named("a\nb.png", "a\r\nc.png"),
    "a name with a tab": named("a\tb.png"),
    "a name with a bell and an escape": named("\a\x1b[31mred\x7f.png"),
    "a name that is written from right to left": named("\u202egnp.exe.png"),
    "a name of emoji": named("👩\u200d👩\u200d👧 🏳️\u200d🌈.png"),
    "a name with invisible characters": named("a\u200bb\ufeff\u2028.png"),
    "a name with a dash in front": named("-rf.png", "--help.png"),
    "a name with quotes": named("'\"`.png", "it's.png"),
    "a name with percent signs": named("%2e%2e%2fa.png", "100%.png", "%s%n.png", "%00.png"),
    "a name with backslashes": named("b\\..\\..\\a.png", "C:\\a.png", "\\\\server\\a.png"),
    "a name of a command": named("$(reboot).png", "; rm -rf *.png", "| cat.png"),
    "a name of SQL": named("'; DROP TABLE files; --.png", "%_.png"),
    "a name of HTML": named("<img src=x onerror=alert(1)>.png"),
    "a name of Markdown": named("[a](b) **c** $d$ :red[e].png"),
    "a name like an address": named("https:..example.com?a=b&c=d#e.png"),
    "a name that Windows reserves": named("CON.png", "aux.png", "NUL.png", "a:b.png"),
    "a name with spaces around": named(" a .png", "\u00a0b.png"),
    "a name with a space behind": one(skipped("x.png ", "Not a picture")),
    "a name of dots": several(one(added("a....png")), one(skipped("x...", "Not a picture"))),
    "names that are hidden": hidden,
    "names that differ in case": named("a.png", "A.png", "a.PNG", "A.PNG"),
    "names that differ in the normal form": named("\u00e9.png", "e\u0301.png"),
    "the same name in two folders": inside("a", "b"),
    "a folder named as a picture": inside("x.jpg"),
    "a folder named as an archive": inside("x.zip"),
    "a folder that is not UTF-8": inside(os.fsdecode(b"\xff")),
    "folders 300 deep": inside("/".join("d" * 300)),
    "folders deeper than a path can be long": too_deep,
    "dates of 1901, 1970 and 2378": dated,
}
