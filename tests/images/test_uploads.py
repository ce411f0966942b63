"""Uploads."""

import errno
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from core.errors import StorageFull, UnreadableImage
from core.images.describe import content_hash
from core.images.files import find_images
from core.images.uploads import Uploads

DAY = timedelta(days=1)


@pytest.fixture
def uploads(tmp_path):
    return Uploads(tmp_path / "uploads", limit=100_000)


@pytest.fixture
def cat(encoded):
    return encoded(Image.new("RGB", (8, 6), "orange"), "JPEG")


def last_used(uploads, upload_id, days_ago):
    """Pretend that an upload was used so many days ago last."""
    moment = time.time() - days_ago * 86_400
    os.utime(uploads.folder / upload_id[:2] / f"{upload_id}.json", (moment, moment))


def files(uploads):
    return [file for file in uploads.folder.rglob("*") if file.is_file()]


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
    with pytest.raises(UnreadableImage, match=r"a\.jpg has .* MB") as refusal:
        exact.add(cat + b"x", "a.jpg")
    assert refusal.value.remedy


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
    assert uploads.name(text) is None


def test_unknown_ids_and_damaged_sidecars(uploads, cat):
    assert uploads.path("0" * 64) is None
    upload = uploads.add(cat, "a.jpg")
    sidecar = upload.path.with_suffix(".json")
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
    assert list(find_images(uploads.folder)) == [upload.path]
    assert list(find_images(upload.path.parent)) == [upload.path]
    assert list(find_images(upload.path)) == [upload.path]
    assert [uploads.name_of(path) for path in find_images(uploads.folder)] == ["a.jpg"]


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
        other = uploads.folder / "ab" / "settings.json"
        other.parent.mkdir(parents=True)
        other.write_text("{}")
        os.utime(other, (1, 1))
        assert uploads.expire(DAY) == 0
        assert other.exists()
