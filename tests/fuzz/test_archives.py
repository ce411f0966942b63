"""Archives of any bytes: each picture is read or refused, and gives no more bytes than it said."""

import struct
from collections.abc import Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import UnreadableImage
from core.images.files import has_picture_suffix
from core.sources.archives.archive import ArchiveSource
from core.sources.archives.zip_members import Limits
from core.sources.source import Found, Skipped
from tests.zips import zipped

LIMITS = Limits(members=50, directory=8_000, member=20_000, ratio=100, harmless=10_000)
CONTENTS = {
    "data.yaml": b"names: [cat, dog]",
    "images/a.jpg": b"a picture",
    "labels/a.txt": b"0 0.5 0.5 0.25 0.25",
    "b.png": bytes(3_000),
    "c/d.gif": bytes(range(256)) * 4,
}
_numbers = count()

numbers = st.one_of(st.integers(0, 300), st.sampled_from([2**16 - 1, 2**31, 2**32 - 1]), st.integers(0, 2**32 - 1))
names = st.one_of(
    st.text(max_size=30),
    st.lists(st.sampled_from(["a", "..", ".", "", "images", "labels", "x.png", "x.txt", "C:", "\\", "ü"])).map(
        "/".join
    ),
)
# Zip64, the name in Unicode, and what nobody knows; their lengths are right, else the archive is refused as a whole.
extras = st.tuples(st.sampled_from([0x0001, 0x7075, 0x5455]), st.binary(max_size=30)).map(
    lambda field: struct.pack("<HH", field[0], len(field[1])) + field[1]
)
lies = st.fixed_dictionaries(
    {},
    optional={
        "file_size": numbers,
        "compress_size": numbers,
        "header_offset": numbers,
        "CRC": numbers,
        "compress_type": st.sampled_from([0, 1, 8, 9, 12, 14, 93, 99]),
        "flag_bits": st.integers(0, 2**16 - 1),
        "external_attr": st.integers(0, 2**32 - 1),
        "date_time": st.tuples(st.just(1980), *[st.integers(0, most) for most in (15, 31, 31, 63, 62)]),
        "extra": extras,
        "create_version": st.integers(0, 255),
    },
)
contents = st.dictionaries(names.filter(lambda name: "\0" not in name), st.binary(max_size=200), max_size=6)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """An archive in which some bytes were changed, lost or put in."""
    data = bytearray(zipped(CONTENTS, draw(st.sampled_from([0, 8]))))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from([0, 1, 1, 2, 4, 50]))
        data[start : start + length] = draw(st.binary(max_size=4))
    return bytes(data)


@st.composite
def lying(draw: st.DrawFn) -> bytes:
    """An archive whose directory says of its members what is not so."""
    members = draw(contents)
    return zipped(members | CONTENTS, draw(st.sampled_from([0, 8])), {name: draw(lies) for name in [*members, "b.png"]})


def go_through(data: bytes) -> int:
    """Do with an archive all that can be done; returns how many pictures were read."""
    read = 0
    with TemporaryDirectory() as folder:
        path = Path(folder, f"{next(_numbers)}.zip")  # a name of its own: within a tick of the clock times are equal
        path.write_bytes(data)
        source = ArchiveSource(path, LIMITS)
        everything = list(source.find())
        assert all(one.reason for one in everything if isinstance(one, Skipped))
        pictures = [one for one in everything if isinstance(one, Found)]
        assert len({one.path for one in pictures}) == len(pictures) <= LIMITS.members
        for one in pictures:
            assert one.path.startswith(f"{path}/")
            assert has_picture_suffix(one.path)
            assert not {"..", ""} & set(one.path.removeprefix(f"{path}/").split("/"))
            assert source.stat(one.path) == one
            boxes = unless_refused(lambda one=one: source.boxes(one.path, (100, 80)), ())  # type: ignore[arg-type, misc]
            assert all(0 <= share <= 1 for box in boxes for share in box[1:])
            content = unless_refused(lambda one=one: source.read(one.path), None)  # type: ignore[misc]
            assert content is None or len(content) == one.size <= LIMITS.member
            read += content is not None
    return read


def unless_refused[T](read: Callable[[], T], nothing: T) -> T:
    try:
        return read()
    except UnreadableImage as error:
        refusal = error
    assert refusal.remedy
    return nothing


@given(st.one_of(st.binary(), st.binary().map(lambda data: data + b"PK\5\6" + bytes(18))))
def test_any_bytes(data):
    assert go_through(data) == 0


@given(damaged())
@example(zipped(CONTENTS))
def test_damaged_archives(data):
    assert go_through(data) <= 3


@given(lying())
def test_lying_archives(data):
    go_through(data)
