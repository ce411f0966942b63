"""A search by the picture whose path or URL was typed: what may be read, and what is said of the rest."""

import pytest

from core.errors import FolderRefused, ImageSearchError, TooLarge
from core.images.describe import content_hash
from core.images.uploads import Uploads
from core.index.index import Index
from core.index.records import record_id
from core.search.pasted import PastedPictures
from tests.records import a_record


class Indexed:
    """An index that holds one record."""

    def __init__(self, record=None):
        self.record = record

    def get(self, ids):
        return [self.record] if self.record and self.record.id in ids else []


@pytest.fixture
def queries(tmp_path):
    return Uploads(tmp_path / "queries", 1 << 20)


@pytest.fixture
def allowed(tmp_path):
    (tmp_path / "allowed").mkdir()
    return tmp_path / "allowed"


@pytest.fixture
def pictures(queries, allowed) -> PastedPictures:
    index: Index = Indexed()  # type: ignore[assignment]
    return PastedPictures(index, queries, [allowed], ["https://pictures.example/open"])


FORMS = {
    "bare": "{}", "blanks": "  {}\n", "quotes": '"{}"', "single": "'{}'", "curved": "“{}”", "url": "file://{}",
    "dots": "{}/../a – b (1).png",
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_picture_below_a_root_is_taken_as_if_it_had_been_sent(pictures, queries, allowed, picture, form):
    path = picture(allowed / "a – b (1).png", "red")
    text = form.format(path)
    offered = pictures.offer(text)
    assert offered
    assert offered.refusal is None
    digest, name = pictures.take(text)
    assert (digest, name) == (content_hash(path.read_bytes()), "a – b (1).png")
    assert queries.path(digest)


def test_blanks_as_terminals_write_them_and_the_home_folder(pictures, allowed, picture, monkeypatch):
    monkeypatch.setenv("HOME", str(allowed))
    picture(allowed / "a b.png", "red")
    assert (
        pictures.take(rf"{allowed}/a\ b.png")
        == pictures.take("~/a b.png")
        == pictures.take(f"file://{allowed}/a%20b.png")
    )


def test_outside_of_the_roots_the_same_is_said_of_what_is_there_and_what_is_not(pictures, allowed, tmp_path, picture):
    picture(tmp_path / "there.png", "red")
    (tmp_path / "folder").mkdir()
    (allowed / "out").symlink_to(tmp_path)
    (allowed / "out.png").symlink_to(tmp_path / "there.png")
    (allowed / "nowhere.png").symlink_to(tmp_path / "gone.png")
    said = set()
    for text in (
        *(f"{tmp_path}/{name}" for name in ("there.png", "gone.png", "folder", "gone/x.png", "folder/x.png", "x.txt")),
        *(f"{allowed}/{name}" for name in ("../there.png", "../gone.png", "out/there.png", "out/gone.png")),
        *(f"{allowed}/{name}" for name in ("out.png", "nowhere.png")),
        *("~root/x.png", "~no-such-user-here/x.png", "/etc/passwd"),
    ):
        offered = pictures.offer(text)
        assert offered is not None
        assert offered.refusal
        said.add(offered.refusal.replace(offered.location, "X"))
        with pytest.raises(FolderRefused):
            pictures.take(text)
    (only,) = said
    assert only.startswith("X is outside the folders that the app may read:")


@pytest.mark.parametrize(("name", "said"),
    [
        ("gone.png", "does not exist"), ("folder", "is a folder"), ("notes.txt", "is not a picture, by its name"),
        ("x\0.png", "cannot be opened"), ("loop.png", "cannot be opened: its links go in circles"),
    ],
)  # fmt: skip
def test_below_the_roots_the_reason_is_given(pictures, allowed, name, said):
    (allowed / "folder").mkdir()
    (allowed / "notes.txt").touch()
    (allowed / "loop.png").symlink_to("loop.png")
    offered = pictures.offer(f"{allowed}/{name}")
    assert offered
    assert said in offered.refusal


def test_what_is_no_picture_or_too_large_is_told_when_it_is_read(pictures, allowed):
    (allowed / "x.png").write_bytes(b"<html>")
    with pytest.raises(ImageSearchError):
        pictures.take(f"{allowed}/x.png")
    (allowed / "y.png").write_bytes(b"x" * ((1 << 20) + 1))
    with pytest.raises(TooLarge):
        pictures.take(f"{allowed}/y.png")


def test_urls_are_those_that_may_be_read(pictures, monkeypatch, picture, tmp_path):
    data = picture(tmp_path / "x.png", "red").read_bytes()
    asked = []
    monkeypatch.setattr("core.sources.factory.read_file", lambda url: asked.append(url) or data)
    inside = pictures.offer("https://pictures.example/open/a%20b.png")
    assert inside is not None
    assert inside.refusal is None
    assert asked == []  # nothing is fetched until somebody wants it
    assert pictures.take("https://pictures.example/open/a%20b.png")[1] == "a b.png"
    for url in (
        "https://elsewhere.example/x.png",
        "https://me:pw@pictures.example/open/x.png",
        "ftp://a.example/x.png",
    ):
        outside = pictures.offer(url)
        assert outside is not None
        assert outside.refusal
        assert "pw" not in outside.refusal
        with pytest.raises(FolderRefused):
            pictures.take(url)
    assert len(asked) == 1


@pytest.mark.parametrize("path", ["/elsewhere/a.zip/b.png", "https://elsewhere.example/b.png"])
def test_what_is_in_the_index_needs_no_permission(queries, path):
    record = a_record(path=path, id=record_id(path))
    index: Index = Indexed(record)  # type: ignore[assignment]
    pictures = PastedPictures(index, queries, [], [])
    offered = pictures.offer(path)
    assert offered is not None
    assert offered.refusal is None
    assert pictures.take(path) == (record.content_hash, record.name)


def test_words_are_no_picture(pictures):
    assert pictures.offer("a cat") is None
    with pytest.raises(FolderRefused, match="neither a path nor a URL"):
        pictures.take("a cat")
