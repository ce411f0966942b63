"""Folders of an object store that are listed page by page."""

from collections.abc import Iterator
from itertools import count

import fsspec
import pytest
from fsspec import AbstractFileSystem

from core.images.describe import Box
from core.sources.remote.object_store import ObjectStore
from core.sources.remote.remote import RemoteSource
from core.sources.remote.remote_store import Entry
from core.sources.source import Found, Skipped

NUMBERS = count()
NAMES = "names: [cat]\n"


@pytest.fixture
def files(s3: str) -> AbstractFileSystem:
    return fsspec.filesystem("s3", skip_instance_cache=True)


@pytest.fixture
def url(s3: str) -> str:
    """Of an empty folder."""
    return f"s3://pictures/listed/{next(NUMBERS)}"


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two objects a page."""
    pages = ObjectStore.pages
    monkeypatch.setattr(ObjectStore, "pages", lambda _, folder: pages(ObjectStore("s3", 2), folder))


def fill(files: AbstractFileSystem, url: str, names: list[str], content: bytes = b"1") -> None:
    for name in names:
        files.pipe_file(f"{url}/{name}", content)


def found(source: RemoteSource) -> list[str]:
    return [one.path.removeprefix(f"{source.location}/") for one in source.find() if isinstance(one, Found)]


def skipped(source: RemoteSource) -> Iterator[Skipped]:
    return (one for one in source.find() if isinstance(one, Skipped))


@pytest.mark.parametrize("page", [1, 2, 3, 1_000])
def test_pages_say_together_what_one_listing_does(files: AbstractFileSystem, url: str, page: int) -> None:
    names = ["1.jpg", "2.jpg", "3.png", "below/4.jpg", "other/deep/5.jpg", "word.txt"]
    fill(files, url, names)
    files.pipe_file(f"{url}/", b"")  # what consoles make for an empty folder
    pages = list(ObjectStore("s3", page).pages(url))
    assert all(len(one) <= page for one in pages)
    entries = [entry for one in pages for entry in one]
    assert [(one.url.removeprefix(f"{url}/"), one.is_folder) for one in sorted(entries)] == [
        ("1.jpg", False),
        ("2.jpg", False),
        ("3.png", False),
        ("below", True),
        ("other", True),
        ("word.txt", False),
    ]
    assert entries[0].found == ObjectStore("s3").stat(entries[0].url)


def test_a_bucket_a_file_and_what_is_not_there(files: AbstractFileSystem, url: str) -> None:
    fill(files, url, ["1.jpg"])
    store = ObjectStore("s3")
    assert [one.url for page in store.pages("s3://pictures") for one in page] == ["s3://pictures/listed"]
    assert not any(store.pages(f"{url}/1.jpg"))
    for missing in (f"{url}/nothing", "s3://nowhere", "s3://nowhere/at/all"):
        with pytest.raises(FileNotFoundError):
            list(store.pages(missing))


@pytest.mark.usefixtures("small_pages")
def test_a_large_folder_is_found_as_a_small_one(files: AbstractFileSystem, url: str) -> None:
    names = ["a.jpg", "b/c.jpg", "b/d.png", "e.jpg", "f/g/h.jpg", "f/i.jpg", "j.jpg", "k.jpg"]
    fill(files, url, [*names, ".hidden.jpg", "note.pdf"])
    for most_held in (0, 1, 3, 100):
        source = RemoteSource(url, False, most_held)
        assert found(source) == ["a.jpg", "e.jpg", "j.jpg", "k.jpg", "b/c.jpg", "b/d.png", "f/i.jpg", "f/g/h.jpg"]
        assert [one.path for one in skipped(source)] == [f"{url}/note.pdf"]
        assert not source.unreachable(f"{url}/gone.jpg")


@pytest.mark.usefixtures("small_pages")
def test_what_says_what_is_in_the_pictures_may_be_listed_last(files: AbstractFileSystem, url: str) -> None:
    for name in ("1", "2", "3"):
        fill(files, url, [f"{name}.jpg"])
        fill(files, url, [f"{name}.txt"], b"0 .5 .5 1 1\n")
    fill(files, url, ["data.yaml"], NAMES.encode())
    source = RemoteSource(url, False, 2)
    assert found(source) == ["1.jpg", "2.jpg", "3.jpg"]
    assert all(one.annotated_ns for one in source.find() if isinstance(one, Found))
    assert source.boxes(f"{url}/1.jpg", (10, 10)) == (Box("cat", 0.0, 0.0, 1.0, 1.0),)
    assert list(skipped(source)) == []


@pytest.mark.usefixtures("small_pages")
def test_a_file_beside_a_picture_stays_beside_it(files: AbstractFileSystem, url: str) -> None:
    """Whichever page it comes on; without class names nothing else says that it is about a picture."""
    names = [f"{stem}.{suffix}" for stem in "abc" for suffix in ("JSON", "jpg", "txt")]
    fill(files, url, names)
    fill(files, url, ["data.yaml"], NAMES.encode())
    whole, paged = RemoteSource(url, False), RemoteSource(url, False, 0)
    assert list(paged.find()) == list(whole.find())


def test_a_listing_that_breaks_off_loses_nothing(
    files: AbstractFileSystem, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(files, url, ["1.jpg", "2.jpg", "3.jpg"])
    source = RemoteSource(url, False, 1)
    pages = ObjectStore.pages

    def broken(store: ObjectStore, folder: str) -> Iterator[list[Entry]]:
        first = next(pages(ObjectStore("s3", 1), folder))
        yield first
        raise ConnectionResetError

    monkeypatch.setattr(ObjectStore, "pages", broken)
    (said,) = skipped(source)
    assert said.path == url
    assert said.failed
    assert source.unreachable(f"{url}/3.jpg")
