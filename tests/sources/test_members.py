"""Which members of an archive are pictures, and why the others are not."""

import stat
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZIP_BZIP2, ZipFile, ZipInfo

import pytest

from core.sources.archives.zip_members import Limits, Members, is_bomb, mtime_ns, sort_out
from tests.zips import zipped

MB = 1_000_000
LIMITS = Limits()


def sorted_out(data, limits=LIMITS):
    with ZipFile(BytesIO(data)) as archive:
        return sort_out(archive.filelist, len(data), limits)


def skipped(data, limits=LIMITS):
    found = sorted_out(data, limits)
    assert not found.pictures
    (one,) = found.skipped
    return one


def test_pictures_texts_and_the_rest():
    found = sorted_out(
        zipped({"a/b.JPG": b"1", "c.png": b"2", "data.yaml": b"", "n.txt": b"", "x.json": b"", "y.csv": b""})
    )
    assert list(found.pictures) == ["a/b.JPG", "c.png"]
    assert list(found.texts) == ["data.yaml", "n.txt", "x.json"]
    assert [(one.path, one.failed) for one in found.skipped] == [("y.csv", False)]


@pytest.mark.parametrize("name", ["a/", ".x.png", ".git/x.png", "__MACOSX/x.png", "a/@eaDir/x.png", "Thumbs.db"])
def test_folders_and_what_systems_keep_are_left_out_without_a_word(name):
    assert sorted_out(zipped({name: b""})) == Members({}, {}, [])


@pytest.mark.parametrize("name",
    [
        "/x.png", "../x.png", "a/../../x.png", "C:/x.png", "c:x.png", "..\\x.png", "a\\x.png", "//server/x.png",
        "x" * 300 + ".png", "a/" * 3000 + "x.png",
    ],
)  # fmt: skip
def test_names_that_no_file_in_a_folder_has_are_passed_over(name):
    assert skipped(zipped({name: b"1"})).failed


def test_a_name_is_not_cut_at_its_nul():
    data = zipped({"evil.png-.png": b"1"}).replace(b"evil.png-.png", b"evil.png\0.png")
    assert skipped(data).path == "evil.png�.png"


def test_an_empty_name():
    assert skipped(zipped({"x": b"1"}, lies={"x": {"filename": ""}})).reason


@pytest.mark.parametrize("name", ["x.zip", "a/x.CBZ", "x.tar.gz", "x.7z", "x.rar"])
def test_archives_within_are_to_be_unpacked(name):
    one = skipped(zipped({name: b"1"}))
    assert "unpack it" in one.reason
    assert not one.failed


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_no_files(kind):
    assert not skipped(zipped({"x.png": b"/etc/passwd"}, lies={"x.png": {"external_attr": kind << 16}})).failed


@pytest.mark.parametrize(
    ("lie", "word"),
    [
        ({"flag_bits": 0x1}, "Encrypted"),
        ({"flag_bits": 0x2000}, "Encrypted"),
        ({"flag_bits": 0x20}, "Compressed with"),
        ({"compress_type": 9}, "Compressed with"),
        ({"compress_type": 14}, "Compressed with"),
        ({"file_size": 2 << 30}, "Too large"),
        ({"file_size": 900 * MB}, "bomb"),
        ({"compress_size": 3_000}, "bomb"),
        ({"header_offset": 3_000}, "bomb"),
    ],
)
def test_what_cannot_be_read_or_must_not_has_failed(lie, word):
    one = skipped(zipped({"x.png": b"1" * 100}, lies={"x.png": lie}))
    assert word in one.reason
    assert one.failed


def test_bzip2_has_no_bound_and_is_not_unpacked():
    assert "Compressed with" in skipped(zipped({"x.png": b"1" * 100}, method=ZIP_BZIP2)).reason


def test_members_that_share_their_data_are_a_bomb():
    honest = {"a.png": b"1" * 5000, "b.png": b"2" * 50, "c.png": b"3" * 50}
    found = sorted_out(zipped(honest, method=0, lies={"b.png": {"header_offset": 1000}}))
    assert list(found.pictures) == ["c.png"]
    assert [one.path for one in found.skipped] == ["a.png", "b.png"]
    assert all(one.failed for one in found.skipped)


def test_the_last_of_one_name_counts():
    found = sorted_out(zipped({"a.png": b"first", "b.png": b"later!"}).replace(b"b.png", b"a.png"))
    assert found.pictures["a.png"].file_size == len("later!")
    assert [(one.path, one.failed) for one in found.skipped] == [("a.png", False)]


@pytest.mark.parametrize("name", ["./a/x.png", "a//x.png", "a/./x.png"])
def test_two_spellings_of_one_path_are_one_picture(name):
    found = sorted_out(zipped({name: b"1", "a/x.png": b"12"}))
    assert {name: info.file_size for name, info in found.pictures.items()} == {"a/x.png": 2}
    assert len(found.skipped) == 1


def test_names_in_utf_8_that_do_not_say_so():
    data = zipped({"1-----.png": b"", "3-----.png": b"", "ä.png": b""})
    data = data.replace(b"1-----", "1猫xx".encode()).replace(b"3--", b"3\r\n")
    assert list(sorted_out(data).pictures) == ["1猫xx.png", "3\r\n---.png", "ä.png"]


def test_names_in_the_code_page_of_dos():
    data = zipped({"2-----.png": b"", "ä.png": b""}).replace(b"2-----", b"2x\x84\x94\x81x")
    assert list(sorted_out(data).pictures) == ["2xäöüx.png", "ä.png"]


def test_dates_are_those_of_the_archive():
    taken = datetime(2024, 5, 6, 7, 8, 10, tzinfo=UTC)
    assert mtime_ns(ZipInfo("x", (2024, 5, 6, 7, 8, 10))) == taken.timestamp() * 1_000_000_000


@pytest.mark.parametrize("date", [(1980, 0, 0, 0, 0, 0), (2000, 2, 31, 0, 0, 0), (2107, 15, 31, 31, 63, 62)])
def test_a_date_that_is_none_is_0(date):
    assert mtime_ns(ZipInfo("x", date)) == 0


def test_what_is_small_is_no_bomb():
    assert not is_bomb(30 * MB, 1, LIMITS)
    assert is_bomb(40 * MB, 190_000, LIMITS)
    assert not is_bomb(40 * MB, 210_000, LIMITS)
