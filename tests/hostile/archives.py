"""ZIP archives: each kind makes one of the name `x.zip`, which is a source of its own."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_LZMA, ZIP_STORED

from tests.hostile.datasets import NAMES, WHOLE, WITHOUT, bomb_of_aliases
from tests.hostile.drawn import jpeg, of_size, png
from tests.hostile.kinds import Fate, Kind, added, failed, skipped
from tests.hostile.links import pipe
from tests.zips import zipped

LEADS_OUT, SHARED, NO_FILE = "would point outside the folder", "its data belongs to another", "A link or device"


def archive(*fates: Fate, data: Callable[[], bytes]) -> Kind:
    """Of its members, or of itself where their path is empty."""

    def put(folder: Path) -> list[Fate]:
        (folder / "x.zip").write_bytes(data())
        return [fate._replace(path=f"x.zip/{fate.path}".rstrip("/")) for fate in fates]

    return put


def broken(says: str, data: Callable[[], bytes]) -> Kind:
    """One that cannot be read at all."""
    return archive(failed("", says), data=data)


def members(*fates: Fate, **options: Any) -> Kind:
    """A picture for each of these, as `zipped` makes it."""
    return archive(*fates, data=lambda: zipped({fate.path: png() for fate in fates}, **options))


def lying(fate: Fate, **lie: Any) -> Kind:
    """Of one of two members the directory says what is not so."""
    return members(fate, added("good.png"), lies={fate.path: lie})


def overlapping() -> bytes:
    """A hundred members that are all the same piece of data."""
    lies = {f"{n}.png": {"header_offset": 0} for n in range(100)}
    return zipped({name: png() for name in lies}, lies=lies)


def in_other_encodings() -> bytes:
    data = zipped({"---.png": png(), "+.png": png()})
    return data.replace(b"---", "猫".encode()).replace(b"+.", b"\x84.")


def of_damaged_pictures() -> bytes:
    return zipped({"a.png": png(), "b.jpg": b"", "c.jpg": b"words and words", "d.jpg": jpeg()[:-400]})


def counting(*names: str, count: int) -> bytes:
    """Its end claims another number of members."""
    return of_size(zipped({name: png() for name in names}), b"PK\5\6", 8, "<HH", count, count)


def dataset(says: str = "", names: bytes = NAMES, labels: bytes = WHOLE) -> Kind:
    files = {"set/data.yaml": names, "set/labels/x.txt": labels}
    return archive(added("set/images/x.png", says=says), data=lambda: zipped(files | {"set/images/x.png": png()}))


def piped(folder: Path) -> list[Fate]:
    pipe(folder, "x.zip")
    return [failed("x.zip", "it is not a file")]


ARCHIVES: dict[str, Kind] = {
    "an archive": members(added("a.png"), added("b/c.png"), added("b/d.png")),
    "an archive that is not compressed": members(added("a.png"), method=ZIP_STORED),
    "an archive with bytes before and behind it": archive(
        added("a.png"), data=lambda: b"#!/bin/sh\n" + zipped({"a.png": png()}) + b"\n" * 99
    ),
    "an archive of nothing": archive(data=lambda: zipped({})),
    "an archive in an archive": archive(
        skipped("x.zip", "unpack it and index the folder"), data=lambda: zipped({"x.zip": zipped({"a.png": png()})})
    ),
    "members that lead out": members(
        *(failed(name, LEADS_OUT) for name in ("../a.png", "b/../../a.png", "/a.png", "C:/a.png", "//server/a.png")),
        skipped("..", LEADS_OUT),
    ),
    "members with backslashes": members(failed("..\\a.png", "backslashes"), failed("b\\c.png", "backslashes")),
    "members on detours": archive(
        added("a.png"), added("b/c.png"), data=lambda: zipped({"./a.png": png(), "b//./c.png": png()})
    ),
    "members with names that are too long": archive(
        failed("n" * 255, LEADS_OUT), data=lambda: zipped({"n" * 255 + ".png": png()})
    ),
    "members with names in other encodings": archive(added("猫.png"), added("ä.png"), data=in_other_encodings),
    "members that differ in case": members(added("a.png"), added("A.png"), added("A.PNG")),
    "members of the same name": archive(
        added("a.png", "blue"), data=lambda: zipped({"a.png": png(), "b.png": png("blue")}).replace(b"b.png", b"a.png")
    ),
    "members that are hidden": archive(
        data=lambda: zipped({".x.png": png(), "__MACOSX/x.png": png(), "b/.git/x.png": png()})
    ),
    "members that are links": lying(skipped("x.png", NO_FILE), external_attr=stat.S_IFLNK << 16),
    "members that are devices": lying(skipped("x.png", NO_FILE), external_attr=stat.S_IFCHR << 16),
    "members that are encrypted": lying(failed("x.png", "with its password"), flag_bits=1),
    "members compressed by other methods": members(failed("x.png", "unpack the ZIP file"), method=ZIP_LZMA),
    "members larger than they say": lying(failed("x.png", "Copy it again"), file_size=9),
    "members smaller than they say": lying(failed("x.png", "Copy it again"), file_size=9_999),
    "members of another checksum": lying(failed("x.png", "Copy it again"), CRC=1),
    "members that lie elsewhere": lying(failed("x.png", "Copy the ZIP file again"), header_offset=2**31),
    "members of 4 GB": lying(failed("x.png", "save a smaller version"), file_size=2**32 - 2),
    "members of no date": lying(added("x.png"), date_time=(1980, 0, 0, 0, 0, 0)),
    "members of two names": archive(
        failed("x.png", "Copy it again"), data=lambda: zipped({"x.png": png()}).replace(b"x.png", b"y.png", 1)
    ),
    "members that are damaged pictures": archive(
        added("a.png"), failed("b.jpg", "is empty"), failed("c.jpg", "a text"), failed("d.jpg", "incomplete"),
        data=of_damaged_pictures,
    ),
    "members that share their data": archive(*(failed(f"{n}.png", SHARED) for n in range(100)), data=overlapping),
    "members that unpack to a thousand times their size": archive(
        failed("x.bmp", "a ZIP bomb"), data=lambda: zipped({"x.bmp": bytes(40_000_000)})
    ),
    "an archive of many small bombs": broken(
        "is a ZIP bomb", lambda: zipped({f"{n}.bmp": bytes(5_000_000) for n in range(9)})
    ),
    "an archive that is cut": broken("is not a ZIP file", lambda: zipped({"a.png": png()})[:-30]),
    "an archive whose beginning is cut": archive(failed("a.png", "Copy"), data=lambda: zipped({"a.png": png()})[50:]),
    "an archive that is a picture": broken("is not a ZIP file", png),
    "an archive that is empty": broken("is not a ZIP file", bytes),
    "an archive of another kind": broken("is not a ZIP file", lambda: b"Rar!\x1a\7\1\0" + bytes(999)),
    "an archive that claims 65,534 members": archive(added("a.png"), data=lambda: counting("a.png", count=65_534)),
    "an archive that claims one member of two": archive(
        added("a.png"), added("b.png"), data=lambda: counting("a.png", "b.png", count=1)
    ),
    "an archive with a dataset": dataset(),
    "an archive with a bomb of aliases": dataset(WITHOUT, names=bomb_of_aliases()),
    "an archive with labels outside the picture": dataset(WITHOUT, labels=b"0 9 9 9 9"),
    "a pipe named as an archive": piped,
}  # fmt: skip
