"""Archives as a source: found, read in place, replaced meanwhile, damaged, made to do harm."""

import os
import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from core.errors import UnreadableArchive, UnreadableImage, UnreadableLabels
from core.images.describe import Box
from core.sources.archives import zip_directory
from core.sources.archives.archive import ArchiveSource, archive_of
from core.sources.archives.zip_members import Limits
from core.sources.source import Found, Skipped
from tests.zips import zipped

NOISE = bytes(range(256)) * 8
DATASET = {
    "set/data.yaml": b"names: [cat, dog]",
    "set/train/images/a.jpg": NOISE,
    "set/train/labels/a.txt": b"1 0.5 0.5 0.2 0.4",
    "set/train/images/b.jpg": NOISE,
}


@pytest.fixture
def archive(tmp_path):
    """Writes an archive and opens it as a source: `archive(zipped({"a.png": b"..."}))`."""

    def write(data: bytes, limits: Limits | None = None) -> ArchiveSource:
        path = tmp_path / "pictures.zip"
        path.write_bytes(data)
        return ArchiveSource(path, limits or Limits())

    return write


def found(source):
    return [one for one in source.find() if isinstance(one, Found)]


def skipped(source):
    return [one for one in source.find() if isinstance(one, Skipped)]


def broken(source):
    """What is said of an archive that cannot be read at all."""
    with pytest.raises(UnreadableArchive) as caught:
        source.check()
    (one,) = source.find()
    assert one == Skipped(source.location, str(caught.value), failed=True, problem=caught.value.problem)
    assert caught.value.remedy
    assert source.unreachable(f"{source.location}/a.png")
    return one.reason


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED])
def test_pictures_are_found_and_read_in_place(archive, method):
    source = archive(zipped({"a/b.jpg": NOISE, "c.png": b"", "notes.md": b"x"}, method))
    one, empty = found(source)
    assert one == Found(f"{source.location}/a/b.jpg", len(NOISE), 1_714_979_290_000_000_000)
    assert source.stat(one.path) == one
    assert source.read(one.path) == NOISE
    assert source.read(empty.path) == b""
    assert [one.path for one in skipped(source)] == [f"{source.location}/notes.md"]
    assert [path.name for path in Path(source.location).parent.iterdir()] == ["pictures.zip"]


def test_read_look_and_boxes_need_no_find(archive):
    source = archive(zipped(DATASET))
    path = f"{source.location}/set/train/images/a.jpg"
    assert source.boxes(path, (100, 100)) == (Box("dog", 0.4, 0.3, 0.2, 0.4),)
    assert source.stat(path).size == len(source.read(path)) == len(NOISE)


def test_files_of_a_dataset_are_used_and_not_mentioned(archive):
    source = archive(zipped(DATASET | {"set/README.txt": b"", "x/c.png": b"", "x/c.txt": b"0 .5 .5 1 1"}))
    assert [one.path for one in skipped(source)] == [
        f"{source.location}/set/README.txt",
        f"{source.location}/x/c.txt",
    ]
    assert [one.annotated_ns > 0 for one in found(source)] == [True, False, False]
    assert source.boxes(f"{source.location}/x/c.png", (8, 8)) == ()


def test_labels_beside_their_pictures(archive):
    source = archive(zipped({"data.yaml": b"names: [cat]", "a.png": b"", "a.txt": b"0 .5 .5 1 1", "b.txt": b""}))
    assert [one.path for one in skipped(source)] == [f"{source.location}/b.txt"]
    assert source.boxes(f"{source.location}/a.png", (8, 8)) == (Box("cat", 0, 0, 1, 1),)


def test_labels_of_no_date_are_labels(archive):
    (one, _) = found(archive(zipped(DATASET, lies={name: {"date_time": (1980, 0, 0, 0, 0, 0)} for name in DATASET})))
    assert (one.mtime_ns, one.annotated_ns) == (0, 1)


@pytest.mark.parametrize("labels", [b"0 nan 1 1 1", b"0 0.5 0.5 1 1" + bytes(5 << 20)])
def test_labels_that_cannot_be_read(archive, labels):
    source = archive(zipped(DATASET | {"set/train/labels/a.txt": labels}))
    with pytest.raises(UnreadableLabels, match=r"labels/a\.txt"):
        source.boxes(f"{source.location}/set/train/images/a.jpg", (8, 8))


def test_labels_in_an_archive_that_is_gone(tmp_path):
    with pytest.raises(UnreadableLabels, match="cannot be found"):
        ArchiveSource(tmp_path / "gone.zip").boxes(str(tmp_path / "gone.zip/a.png"), (8, 8))


def test_names_of_other_encodings_are_read(archive):
    source = archive(
        zipped({"1--.png": b"cat", "2--.png": b"dog"}).replace(b"1--", "猫".encode()).replace(b"2--", "犬".encode())
    )
    assert {one.path.rpartition("/")[2]: source.read(one.path) for one in found(source)} == {
        "猫.png": b"cat",
        "犬.png": b"dog",
    }


def test_the_name_of_the_archive_need_not_be_text(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.zip"))
    path.write_bytes(zipped({"a.png": NOISE}))
    source = ArchiveSource(path)
    assert [source.read(one.path) for one in found(source)] == [NOISE]
    assert archive_of(f"{path}/a.png") == path


def test_only_what_was_found_is_read(archive):
    source = archive(zipped({"a.png": NOISE, "notes.txt": b"x", "../b.png": b"x"}))
    for path in ("notes.txt", "../b.png", "no.png", "", "/etc/passwd"):
        with pytest.raises(UnreadableImage, match="no longer in its ZIP file"):
            source.read(f"{source.location}/{path}")
    with pytest.raises(UnreadableImage):
        source.read("/etc/passwd")


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"not a ZIP file" * 100, zipped({}) + b"x" * 70_000, zipped({"a.png": NOISE})[:-9]]
)
def test_what_is_no_archive(archive, data):
    assert "is not a ZIP file, or it is damaged" in broken(archive(data))


def test_a_directory_of_nonsense(archive):
    data = zipped({"a.png": NOISE})
    assert "is not a ZIP file, or it is damaged" in broken(archive(data.replace(b"PK\1\2", b"PK\1\3")))
    assert "is not a ZIP file, or it is damaged" in broken(
        archive(data.replace(b"PK\1\2\x14\3\x14", b"PK\1\2\x14\3\xff"))
    )


def test_text_before_the_archive_and_a_comment_behind(archive):
    data = zipped({"a.png": NOISE})
    end = data.rindex(b"PK\5\6")
    source = archive(b"#!/bin/sh\nexit\n" + data[: end + 20] + b"\x05\0hello")
    assert [source.read(one.path) for one in found(source)] == [NOISE]


def test_an_empty_archive_has_nothing(archive):
    source = archive(zipped({}))
    assert list(source.find()) == []
    assert not source.unreachable(f"{source.location}/a.png")


def test_an_archive_that_is_not_there_says_nothing_of_its_pictures(archive, tmp_path):
    source = archive(zipped({"a.png": NOISE}))
    (one,) = found(source)
    assert not source.unreachable(one.path)
    Path(source.location).unlink()
    assert "cannot be found" in broken(source)
    with pytest.raises(UnreadableArchive, match="cannot be found"):
        source.read(one.path)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_no_file_is_no_archive(tmp_path, make):
    make(tmp_path / "x.zip")
    assert "it is not a file" in broken(ArchiveSource(tmp_path / "x.zip"))


def test_a_nul_in_the_path(tmp_path):
    assert "cannot be read" in broken(ArchiveSource(Path(f"{tmp_path}/\0.zip")))


def test_an_archive_that_was_replaced_is_read_anew(archive):
    source = archive(zipped({"a.png": NOISE, "b.png": NOISE}))
    paths = [one.path for one in found(source)]
    archive(zipped({"a.png": b"another"}))
    assert source.read(paths[0]) == b"another"
    with pytest.raises(UnreadableImage, match="no longer in its ZIP file"):
        source.stat(paths[1])


def test_an_archive_that_is_replaced_while_it_is_read(archive):
    path = Path(archive(zipped({"a.png": NOISE})).location)
    opened = zip_directory.directory_of(path, Limits())
    archive(zipped({"a.png": b"another"}))
    with pytest.raises(UnreadableArchive, match="has changed"):
        opened.unpack(opened.members.pictures["a.png"], "a.png")


def test_damage_is_said_of_the_one_picture(archive):
    data = zipped({"a.png": NOISE, "b.png": b"1234567890"}, ZIP_STORED).replace(b"1234567890", b"1234067890")
    source = archive(data)
    first, second = found(source)
    assert source.read(first.path) == NOISE
    with pytest.raises(UnreadableImage, match="is damaged in its ZIP file") as caught:
        source.read(second.path)
    assert not isinstance(caught.value, UnreadableArchive)


def _local(data):
    """Where the data of the first member begins."""
    return 30 + struct.unpack_from("<H", data, 26)[0]


def test_deflate_that_is_none(archive):
    data = bytearray(zipped({"a.png": NOISE}))
    data[_local(data)] = 0xFF
    source = archive(bytes(data))
    with pytest.raises(UnreadableImage, match=r"a\.png is damaged"):
        source.read(found(source)[0].path)


@pytest.mark.parametrize("lie",
    [
        {"file_size": len(NOISE) - 1}, {"file_size": len(NOISE) + 1}, {"file_size": 0}, {"compress_size": 5},
        {"compress_size": 0}, {"CRC": 1}, {"header_offset": 3}, {"compress_type": 0}, {"filename": "b.png"},
    ],
)  # fmt: skip
def test_a_directory_that_lies_of_a_member(archive, lie):
    source = archive(zipped({"a.png": NOISE}, lies={"a.png": lie}))
    (one,) = source.find()
    with pytest.raises(UnreadableImage):
        source.read(one.path)


def test_no_more_is_unpacked_than_was_said(archive):
    lie = {"file_size": 10, "CRC": zlib.crc32(bytes(10))}
    source = archive(zipped({"a.png": bytes(1 << 20)}, lies={"a.png": lie}))
    assert source.read(found(source)[0].path) == bytes(10)


def test_many_small_bombs_are_one(archive):
    limits = Limits(harmless=1 << 20)
    assert "is a ZIP bomb" in broken(archive(zipped({f"{n}.bmp": bytes(1 << 20) for n in range(8)}), limits))


@pytest.mark.parametrize("limits", [Limits(members=2), Limits(directory=140)])
def test_too_many_members(archive, limits):
    assert "more files than" in broken(archive(zipped(dict.fromkeys(("a.png", "b.png", "c.png"), b"")), limits))


def test_a_number_of_members_that_is_a_lie(archive):
    data = bytearray(zipped(dict.fromkeys(("a.png", "b.png", "c.png"), b"")))
    struct.pack_into("<HH", data, data.rindex(b"PK\5\6") + 8, 1, 1)
    assert len(found(archive(bytes(data)))) == 3
    assert "more files than" in broken(archive(bytes(data), Limits(members=2)))


def test_threads_read_at_once_what_was_parsed_once(archive, monkeypatch):
    contents = {f"{n}.png": os.urandom(20_000) for n in range(100)}
    parsed, start = [], threading.Barrier(8)

    def counted(file):
        parsed.append(file)
        return ZipFile(file)

    monkeypatch.setattr(zip_directory, "ZipFile", counted)
    path = archive(zipped(contents)).location

    def read(_):
        source = ArchiveSource(Path(path))
        start.wait()
        return {name: source.read(f"{path}/{name}") for name in contents}

    with ThreadPoolExecutor(8) as pool:
        assert all(read == contents for read in pool.map(read, range(8)))
    assert len(parsed) == 1


def test_the_archive_of_a_path(archive, tmp_path):
    path = archive(zipped({"a/b.png": NOISE})).location
    assert archive_of(f"{path}/a/b.png") == Path(path)
    for other in (path, str(tmp_path / "a/b.png"), str(tmp_path), "/", "", "a.png", "https://host/a.zip/b.png"):
        assert archive_of(other) is None
    for other in (f"{tmp_path}/\0/b.png", f"{tmp_path}/{'x' * 300}/b.png"):
        assert archive_of(other) is None


def test_coco_in_an_archive(coco, archive):
    files = {path.relative_to(coco).as_posix(): path.read_bytes() for path in coco.rglob("*") if path.is_file()}
    source = archive(zipped(files, ZIP_STORED))
    pictures = found(source)
    assert len(pictures) == 128
    assert skipped(source) == []
    assert {source.read(one.path) == files[one.path.removeprefix(f"{source.location}/")] for one in pictures} == {True}
    for one in pictures:
        labels = files.get(f"train/labels/{Path(one.path).stem}.txt", b"")
        assert len(source.boxes(one.path, (640, 480))) == len(labels.splitlines())
