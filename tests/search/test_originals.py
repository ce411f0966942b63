"""The archive of originals: streamed, complete, with names that every system takes."""

import tracemalloc
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UnreadableImage
from core.search.output.export import Line
from core.search.output.zip import MISSING, Names, zipped
from tests.records import a_record


def archive_of(*records, read=lambda path: path.encode(errors="surrogateescape")):
    pictures = [(Line(record.id), record) for record in records]
    return zipfile.ZipFile(BytesIO(b"".join(zipped(pictures, read))))


def names_of(*names):
    give = Names().give
    return [give(a_record(name)) for name in names]


def test_files_come_out_as_they_were():
    archive = archive_of(a_record("a.jpg", "/x"), a_record("b.png", "/y"))
    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == {"a.jpg": b"/x/a.jpg", "b.png": b"/y/b.png"}
    assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
    assert archive.infolist()[0].date_time[0] == 2023


def test_the_same_name_from_several_folders():
    archive = archive_of(*(a_record("IMG_1.jpg", f"/{folder}") for folder in "abc"))
    assert archive.namelist() == ["IMG_1.jpg", "IMG_1 (2).jpg", "IMG_1 (3).jpg"]
    assert archive.read("IMG_1 (3).jpg") == b"/c/IMG_1.jpg"


def test_what_cannot_be_read_is_listed_with_the_reason():
    def read(path):
        if "gone" in path:
            raise UnreadableImage("It no longer exists.", "Index its folder again.")
        return b"data"

    kept, gone = a_record("kept.jpg"), a_record("gone.jpg")
    pictures = [(Line("1" * 32), None), (Line(gone.id), gone), (Line(kept.id), kept)]
    archive = zipfile.ZipFile(BytesIO(b"".join(zipped(pictures, read))))
    assert archive.namelist() == ["kept.jpg", MISSING]
    missing = archive.read(MISSING).decode()
    assert f"{'1' * 32}: no longer in the index." in missing
    assert "/pictures/gone.jpg: It no longer exists. Index its folder again." in missing


def test_an_archive_of_nothing_opens():
    assert archive_of().namelist() == []


def test_it_takes_no_memory_that_grows_with_it():
    data = bytes(1 << 20)
    records = [(Line(str(n)), a_record(f"{n}.jpg")) for n in range(64)]
    tracemalloc.start()
    try:
        size = sum(map(len, zipped(records, lambda _: data)))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 64 << 20
    assert most < 4 << 20


def test_the_first_bytes_come_before_the_second_file_is_read():
    read = []
    stream = zipped([(Line(n), a_record(f"{n}.jpg")) for n in "ab"], lambda path: read.append(path) or b"data")
    assert next(stream).startswith(b"PK")
    assert read == ["/pictures/a.jpg"]


@pytest.mark.parametrize("mtime_ns", [-(2**63), 0, 2**63 - 1])
def test_times_that_no_archive_can_say(mtime_ns):
    assert archive_of(a_record(mtime_ns=mtime_ns)).testzip() is None


class TestNames:
    @pytest.mark.parametrize(
        ("name", "safe"),
        [
            ("../../etc/passwd.png", "passwd.png"),
            ("C:\\windows\\a.png", "a.png"),
            ("a:b*c?.png", "a_b_c_.png"),
            ("con.png", "_con.png"),
            ("COM1.tar.png", "_COM1.tar.png"),
            (".hidden.png", "hidden.png"),
            ("\u202egnp.exe.png", "gnp.exe.png"),
            ("caf\udce9.png", "caf.png"),
            ("a\nb.png", "a b.png"),
            ("photo", "photo.jpeg"),
            ("image.php", "image.php.jpeg"),
            ("..", "upload.jpeg"),
            ("日本.jpg", "日本.jpg"),
        ],
    )
    def test_are_safe_on_every_system(self, name, safe):
        assert names_of(name) == [safe]

    def test_differ_in_more_than_case(self):
        assert names_of("a.png", "A.PNG", "a (2).png", "a.png") == ["a.png", "A (2).PNG", "a (2) (2).png", "a (3).png"]

    def test_missing_is_taken(self):
        assert names_of("missing.txt") == ["missing.txt.jpeg"]

    def test_of_ten_thousand_alike_none_takes_long(self):
        give = Names().give
        assert len({give(a_record("a.png")) for _ in range(10_000)}) == 10_000

    @given(st.lists(st.text(max_size=300), max_size=20))
    def test_whatever_they_were(self, names):
        given = names_of(*names)
        assert len({name.casefold() for name in given}) == len(names)
        for name in given:
            assert 0 < len(name.encode("utf-8")) <= 255
            assert not set(name) & set('<>:"/\\|?*\0\n')
            assert name == name.strip(". ")
