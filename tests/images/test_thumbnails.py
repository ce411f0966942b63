"""Thumbnails and preview."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import StorageFull
from core.images.describe import content_hash
from core.images.thumbnails import SIDE, Thumbnails, miniature, preview
from core.sources.folder import FolderSource

HASH = content_hash(b"a picture")
HOSTILE = ["", "x", "../" * 20 + "etc/passwd", "A" * 64, HASH + "\0", HASH[:-1] + "/", HASH + "\n", "%2e" * 22]


@pytest.fixture
def kept(tmp_path):
    return Thumbnails(tmp_path / "thumbnails")


def test_is_made_stored_found_and_removed(kept):
    assert kept.path(HASH) is kept.read(HASH) is None
    path = kept.keep(HASH, miniature(Image.new("RGB", (1000, 500), "red")))
    assert path == kept.folder / HASH[:2] / f"{HASH}.jpg"
    assert kept.path(HASH) == path
    assert kept.read(HASH) == path.read_bytes()
    with Image.open(path) as thumbnail:
        assert thumbnail.format == "JPEG"
        assert thumbnail.size == (480, 240)
        assert np.abs(np.array(thumbnail.convert("RGB").getpixel((5, 5))) - (255, 0, 0)).max() <= 8
    kept.remove(HASH)
    kept.remove(HASH)
    assert kept.path(HASH) is None


@pytest.mark.parametrize(("size", "expected"),
    [((960, 480), (480, 240)), ((480, 960), (240, 480)), ((100, 50), (100, 50)), ((1, 1), (1, 1)),
     ((5000, 1), (480, 1)), ((1, 5000), (1, 480)), ((481, 480), (480, 479))],
)  # fmt: skip
def test_the_longest_side_is_bounded_and_never_enlarged(kept, size, expected):
    image = Image.new("RGB", size)
    with Image.open(kept.keep(HASH, miniature(image))) as thumbnail:
        assert thumbnail.size == expected
        assert max(thumbnail.size) <= SIDE
    assert image.size == size


def test_many_threads_make_one(kept):
    image = Image.new("RGB", (600, 400), "green")
    with ThreadPoolExecutor(8) as pool:
        paths = set(pool.map(lambda _: kept.keep(HASH, miniature(image)), range(24)))
    assert len(paths) == 1
    assert [file.name for file in next(iter(paths)).parent.iterdir()] == [f"{HASH}.jpg"]
    with Image.open(paths.pop()) as thumbnail:
        thumbnail.load()


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_hash_never_reaches_the_file_system(kept, text, monkeypatch):
    monkeypatch.setattr(Path, "is_file", None)
    monkeypatch.setattr(Path, "unlink", None)
    assert kept.path(text) is None
    kept.remove(text)
    with pytest.raises(ValueError, match="not a content hash"):
        kept.keep(text, miniature(Image.new("RGB", (1, 1))))


def test_a_full_disk_names_the_folder(kept, monkeypatch):
    def replace(self, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(StorageFull, match="thumbnails"):
        kept.keep(HASH, miniature(Image.new("RGB", (1, 1))))
    assert kept.path(HASH) is None


def test_are_never_indexed_themselves(kept, tmp_path):
    kept.keep(HASH, miniature(Image.new("RGB", (9, 9))))
    assert list(FolderSource(tmp_path).find()) == []


def test_what_was_broken_off_long_ago_is_removed(kept):
    path = kept.keep(HASH, miniature(Image.new("RGB", (10, 10))))
    old, new = (path.with_name(name) for name in (".old.part", ".new.part"))
    for file in (old, new):
        file.write_bytes(b"x")
    for file in (old, path):
        os.utime(file, (1, 1))
    assert kept.clean() == 1
    assert sorted(path.parent.iterdir()) == [new, path]


def test_one_of_an_earlier_version_serves_until_it_is_made_anew(kept):
    image = Image.new("RGB", (30, 20), "red")
    before = kept.folder / HASH[:2] / f"{HASH}.webp"
    before.parent.mkdir(parents=True)
    image.save(before)
    os.utime(before, (1, 1))
    assert kept.path(HASH) == before
    assert list(kept.older_than(timedelta(days=1))) == [HASH]
    assert kept.keep(HASH, miniature(image)) == kept.path(HASH) == before.with_suffix(".jpg")
    assert not before.exists()
    before.write_bytes(b"of a version that was started once more")
    kept.remove(HASH)
    assert list(before.parent.iterdir()) == []


def test_one_that_is_removed_while_it_is_read_is_none(kept, monkeypatch):
    path = kept.keep(HASH, miniature(Image.new("RGB", (9, 9))))
    monkeypatch.setattr(kept, "path", lambda content_hash: path)
    path.unlink()
    assert kept.read(HASH) is None


def test_what_others_put_there_is_no_thumbnail(kept):
    path = kept.keep(HASH, miniature(Image.new("RGB", (9, 9))))
    for name in ("x.jpg", f"{HASH}.txt"):
        path.with_name(name).write_bytes(b"")
    assert list(kept.older_than(timedelta(days=-1))) == [HASH]


@pytest.mark.parametrize("size", [(640, 480), (1000, 750), (480, 480)])
def test_looks_like_the_picture(kept, photograph, size):
    image = photograph(size)
    with Image.open(kept.keep(HASH, miniature(image))) as thumbnail:
        whole = image.resize(thumbnail.size, Image.Resampling.LANCZOS)
        difference = np.asarray(thumbnail.convert("RGB")).astype(float) - np.asarray(whole)
    assert 10 * np.log10(255**2 / (difference**2).mean()) > 30  # dB


def test_preview_is_webp_of_bounded_size():
    with Image.open(BytesIO(preview(Image.new("RGB", (4000, 1000), "blue"), side=1600))) as large:
        assert (large.format, large.size) == ("WEBP", (1600, 400))
    with Image.open(BytesIO(preview(Image.new("RGB", (4000, 1000)), side=100))) as small:
        assert small.size == (100, 25)


def test_no_profile_goes_along_for_all_is_in_srgb():
    image = Image.new("RGB", (4, 4))
    image.info["icc_profile"] = b"profile"
    with Image.open(BytesIO(preview(image, side=4))) as copy:
        assert "icc_profile" not in copy.info
