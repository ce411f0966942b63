"""Uploads."""

import errno
import os
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED

import pytest
from PIL import Image

from core.errors import StorageFull, StorageUnavailable, TooLarge, UnreadableArchive, UnreadableImage
from core.images.describe import content_hash
from core.images.uploads import Uploads
from core.sources.folder import FolderSource
from tests.zips import zipped

DAY = timedelta(days=1)


@pytest.fixture
def uploads(tmp_path):
    return Uploads(tmp_path / "uploads", limit=100_000, archive_limit=1_000_000)


@pytest.fixture
def cat(encoded):
    return encoded(Image.new("RGB", (8, 6), "orange"), "JPEG")


def last_used(uploads, upload_id, days_ago):
    """Pretend that an upload was used so many days ago last."""
    moment = time.time() - days_ago * 86_400
    os.utime(beside(uploads) / upload_id[:2] / f"{upload_id}.json", (moment, moment))


def beside(uploads):
    """Where everything but the pictures is."""
    return uploads.folder.with_name(f"{uploads.folder.name}.kept")


def files(uploads):
    return [file for folder in (uploads.folder, beside(uploads)) for file in folder.rglob("*") if file.is_file()]


def test_keeps_bytes_and_name_under_the_content_hash(uploads, cat):
    upload = uploads.add(cat, "Cat on a sofa.JPG")
    assert upload.id == content_hash(cat)
    assert upload.path == uploads.folder / upload.id[:2] / f"{upload.id}.jpeg"
    assert upload.path.read_bytes() == cat
    assert uploads.path(upload.id) == upload.path
    assert upload.name == uploads.name(upload.id) == uploads.name_of(upload.path) == "Cat on a sofa.JPG"


def test_the_suffix_is_that_of_the_content(uploads, encoded):
    image = Image.new("RGB", (4, 4))
    for format, suffix in (
        ("PNG", ".png"),
        ("TIFF", ".tiff"),
        ("GIF", ".gif"),
        ("JPEG2000", ".jp2"),
        ("WEBP", ".webp"),
    ):
        assert uploads.add(encoded(image, format), "x.exe").path.suffix == suffix


def test_adding_twice_keeps_one_and_the_latest_name(uploads, cat):
    first, again, renamed = uploads.add(cat, "a.jpg"), uploads.add(cat, "a.jpg"), uploads.add(cat, "b.jpg")
    assert first == again
    assert renamed.path == first.path
    assert uploads.name(first.id) == "b.jpg"
    assert len(files(uploads)) == 2


def test_adding_again_leaves_the_picture_s_time_alone(uploads, cat):
    upload = uploads.add(cat, "a.jpg")
    os.utime(upload.path, (1, 1))
    uploads.add(cat, "a.jpg")
    uploads.path(upload.id)
    assert upload.path.stat().st_mtime == 1


def test_many_threads_add_one(uploads, cat):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: uploads.add(cat, "a.jpg"), range(16)))) == 1
    assert len(files(uploads)) == 2


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff\xe0"])
def test_refuses_what_does_not_open(uploads, data):
    with pytest.raises(UnreadableImage, match=r"a\.jpg"):
        uploads.add(data, "a.jpg")
    assert files(uploads) == []


def test_refuses_what_is_over_the_limit_before_opening_it(tmp_path, cat):
    exact = Uploads(tmp_path, limit=len(cat))
    assert exact.add(cat, "a.jpg").path.exists()
    with pytest.raises(TooLarge, match=r"a\.jpg has .* MB") as refusal:
        exact.add(cat + b"x", "a.jpg")
    assert refusal.value.remedy
    assert len(files(exact)) == 2


def test_a_full_disk_leaves_nothing_that_is_found(uploads, cat, monkeypatch):
    real = Path.replace

    def replace(self, target):
        if target.suffix == ".jpeg":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(StorageFull):
        uploads.add(cat, "a.jpg")
    assert uploads.path(content_hash(cat)) is None
    last_used(uploads, content_hash(cat), days_ago=2)
    assert uploads.expire(DAY) == 1
    assert files(uploads) == []


@pytest.mark.parametrize("text", ["", "x", "../" * 21 + "x", "A" * 64, "0" * 64 + "\0", "0" * 63 + "/", "*" * 64])
def test_what_is_no_id_never_reaches_the_file_system(uploads, text, monkeypatch):
    monkeypatch.setattr(Path, "read_bytes", None)
    assert uploads.path(text) is None
    assert uploads.archive(text) is None
    assert uploads.name(text) is None


def test_unknown_ids_and_damaged_sidecars(uploads, cat):
    assert uploads.path("0" * 64) is None
    upload = uploads.add(cat, "a.jpg")
    sidecar = beside(uploads) / upload.id[:2] / f"{upload.id}.json"
    for content in (
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"suffix": "/../../../x"}',
        b'{"suffix": ".json"}',
        b'{"suffix": [], "name": 7}',
    ):
        sidecar.write_bytes(content)
        assert uploads.path(upload.id) is None
        assert uploads.name(upload.id) is None


def test_name_of_other_files(uploads, cat, tmp_path):
    upload = uploads.add(cat, "a.jpg")
    elsewhere = tmp_path / "other" / upload.id[:2] / upload.path.name
    assert uploads.name_of(elsewhere) is None
    assert uploads.name_of(uploads.folder / "x.jpg") is None
    assert uploads.name_of(Path("/")) is None


def test_are_found_when_ingested_by_path_and_sidecars_are_not(tmp_path, cat):
    uploads = Uploads(tmp_path / ".local" / "uploads", limit=100_000)
    upload = uploads.add(cat, "a.jpg")
    for place in (uploads.folder, upload.path.parent, upload.path):
        assert list(FolderSource(place).find()) == [FolderSource(place).stat(str(upload.path))]
    assert uploads.name_of(upload.path) == "a.jpg"


def receive(uploads, chunks, name="a.jpg", archive=False):
    with uploads.receive(name, archive) as incoming:
        for chunk in chunks:
            incoming.write(chunk)
        return incoming.keep()


class TestReceive:
    def test_a_picture_in_pieces(self, uploads, cat):
        upload = receive(uploads, (cat[start : start + 100] for start in range(0, len(cat), 100)), "../Cat.jpg")
        assert upload == uploads.add(cat, "Cat.jpg")
        assert upload.path.read_bytes() == cat

    def test_takes_no_memory_that_grows_with_the_file(self, tmp_path):
        """64 MB of an archive; it is checked without being read."""
        uploads = Uploads(tmp_path, limit=0, archive_limit=1 << 27)
        end = zipped({"a.jpg": b"a"})
        tracemalloc.start()
        try:
            pieces = (bytes(1 << 20) if number < 64 else end for number in range(65))
            upload = receive(uploads, pieces, "a.zip", archive=True)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert upload.path.stat().st_size > 1 << 26
        assert most < 1 << 23

    def test_the_limit_holds_while_it_arrives(self, uploads):
        def endless():
            while True:
                yield bytes(60_000)

        with pytest.raises(TooLarge):
            receive(uploads, endless())
        assert files(uploads) == []

    def test_what_is_broken_off_is_gone(self, uploads, cat):
        def broken():
            yield cat
            raise ConnectionError

        with pytest.raises(ConnectionError):
            receive(uploads, broken())
        assert files(uploads) == []

    @pytest.mark.parametrize("method", ["write", "close"])
    @pytest.mark.parametrize(("number", "error"), [(errno.ENOSPC, StorageFull), (errno.EIO, StorageUnavailable)])
    def test_a_disk_that_takes_no_more(self, uploads, cat, monkeypatch, method, number, error):
        def fail(self, *_):
            BytesIO.close(self)
            raise OSError(number, os.strerror(number))

        def fdopen(handle, _):
            os.close(handle)
            return type("Full", (BytesIO,), {method: fail})()

        monkeypatch.setattr(os, "fdopen", fdopen)
        with pytest.raises(error):
            receive(uploads, [cat])
        assert files(uploads) == []

    def test_a_folder_that_cannot_be_written(self, tmp_path):
        (tmp_path / "uploads").write_bytes(b"a file")
        with pytest.raises(StorageUnavailable), Uploads(tmp_path / "uploads", limit=10).receive("a.jpg"):
            pytest.fail("it was opened")


class TestArchives:
    @pytest.fixture
    def archive(self, uploads, cat):
        return self.add(uploads, zipped({"a.jpg": cat}))

    def add(self, uploads, data):
        return receive(uploads, [data], "C:\\Holiday.zip", archive=True)

    def test_are_kept_beside_the_pictures(self, uploads, archive):
        assert archive.path == beside(uploads) / archive.id[:2] / f"{archive.id}.zip"
        assert uploads.archive(archive.id) == archive.path
        assert uploads.name(archive.id) == uploads.name_of(archive.path) == "Holiday.zip"

    def test_are_no_pictures(self, uploads, archive, cat):
        assert uploads.path(archive.id) is None
        assert uploads.archive(uploads.add(cat, "a.jpg").id) is None

    def test_expire_like_pictures(self, uploads, archive):
        last_used(uploads, archive.id, days_ago=2)
        assert uploads.archive(archive.id)  # a use
        assert uploads.expire(DAY) == 0
        last_used(uploads, archive.id, days_ago=2)
        assert uploads.expire(DAY) == 1
        assert files(uploads) == []

    @pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a ZIP file"])
    def test_what_is_none(self, uploads, data):
        with pytest.raises(UnreadableArchive, match=r"Holiday\.zip"):
            self.add(uploads, data)
        assert files(uploads) == []

    def test_have_a_limit_of_their_own(self, uploads, cat):
        assert self.add(uploads, zipped({"a.jpg": bytes(200_000)}, method=ZIP_STORED)).path.stat().st_size > 200_000
        with pytest.raises(TooLarge):
            self.add(uploads, bytes(1_000_001))

    def test_are_not_taken_without_one(self, tmp_path, cat):
        with pytest.raises(TooLarge):
            self.add(Uploads(tmp_path, limit=100_000), zipped({"a.jpg": cat}))


class TestClean:
    def test_takes_over_what_an_earlier_version_kept_beside_the_pictures(self, uploads, cat):
        upload = uploads.add(cat, "a.jpg")
        sidecar = beside(uploads) / upload.id[:2] / f"{upload.id}.json"
        sidecar.rename(upload.path.with_suffix(".json"))
        assert uploads.name(upload.id) is None
        uploads.clean()
        assert (uploads.name(upload.id), uploads.path(upload.id)) == ("a.jpg", upload.path)
        assert files(uploads) == [upload.path, sidecar]

    def test_removes_what_was_broken_off_long_ago(self, uploads, cat):
        kept = uploads.add(cat, "a.jpg")
        for part in (uploads.folder / ".old.part", kept.path.parent / ".old.part", uploads.folder / ".new.part"):
            part.write_bytes(b"x")
            if part.name == ".old.part":
                os.utime(part, (1, 1))
        os.utime(kept.path, (1, 1))
        assert uploads.clean() == 2
        assert sorted(file.suffix for file in files(uploads)) == [".jpeg", ".json", ".part"]
        assert uploads.clean() == 0

    def test_before_anything_was_uploaded(self, uploads):
        assert uploads.clean() == 0


class TestExpire:
    def test_removes_what_was_not_used_for_longer(self, uploads, encoded):
        old, new = (uploads.add(encoded(Image.new("RGB", (4, 4), colour)), "x") for colour in ("red", "blue"))
        last_used(uploads, old.id, days_ago=2)
        assert uploads.expire(DAY) == 1
        assert uploads.path(old.id) is None
        assert uploads.path(new.id) == new.path
        assert len(files(uploads)) == 2
        assert uploads.expire(DAY) == 0

    def test_looking_at_it_or_adding_it_again_is_a_use(self, uploads, cat):
        upload = uploads.add(cat, "a.jpg")
        for use in (lambda: uploads.path(upload.id), lambda: uploads.add(cat, "a.jpg")):
            last_used(uploads, upload.id, days_ago=2)
            use()
            assert uploads.expire(DAY) == 0
        assert upload.path.exists()

    def test_reading_the_name_is_no_use(self, uploads, cat):
        upload = uploads.add(cat, "a.jpg")
        last_used(uploads, upload.id, days_ago=2)
        uploads.name(upload.id)
        assert uploads.expire(DAY) == 1

    def test_what_is_kept_stays(self, uploads, cat):
        upload = uploads.add(cat, "a.jpg")
        last_used(uploads, upload.id, days_ago=2)
        assert uploads.expire(DAY, kept={upload.id}) == 0
        assert upload.path.exists()

    def test_before_anything_was_uploaded(self, uploads):
        assert uploads.expire(DAY) == 0

    def test_other_files_in_the_folder_are_left_alone(self, uploads):
        other = beside(uploads) / "ab" / "settings.json"
        other.parent.mkdir(parents=True)
        other.write_text("{}")
        os.utime(other, (1, 1))
        assert uploads.expire(DAY) == 0
        assert other.exists()
