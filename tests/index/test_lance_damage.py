"""Whatever is damaged in the folder of a LanceDB table: right answers or an error in words, never fewer rows."""

import json
import random
import re
import shutil
from collections.abc import Callable, Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import lancedb
import pytest

from core.errors import IndexUnavailable
from core.index.lance import versions
from core.index.lance.engine import LanceIndex
from core.index.lance.errors import PANICS
from tests.index.conftest import STAMP, records

MADE, EMBEDDINGS = records(60)
NEW = records(2, seed=9)
LEFT = sorted(record.id for record in MADE[1:])
LIBRARY_WORDS = re.compile(r"lance ?error|\.rs\b|generic|not found|os error|errno|traceback|panic|wrapped|arrow", re.I)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table of two parts, a deleted row, indices and several versions, the newest the one with most
    rows."""
    folder = tmp_path_factory.mktemp("whole") / "index"
    index = LanceIndex(folder, "images")
    index.prepare(STAMP)
    index.upsert(MADE[:30], EMBEDDINGS[:30])
    index.delete([MADE[0].id])
    index.optimize()
    index.upsert(MADE[30:], EMBEDDINGS[30:])
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "index"))


def table(folder: Path) -> Path:
    return folder / "images.lance"


def parts(folder: Path) -> Iterator[Path]:
    """Of the files of each kind one; of versions the newest, of data all."""
    found = table(folder)
    yield min((found / "_versions").glob("*.manifest"))  # they are numbered downwards
    yield found / "_versions" / "latest_version_hint.json"
    yield from (found / "data").iterdir()
    yield next((found / "_deletions").iterdir())
    yield next((found / "_transactions").iterdir())
    by_name = {file.name: file for file in (found / "_indices").rglob("*") if file.is_file()}
    yield from by_name.values()


def noise(file: Path) -> None:
    file.write_bytes(random.Random(1).randbytes(file.stat().st_size))


def changed(file: Path) -> None:
    data = bytearray(file.read_bytes())
    for place in range(0, len(data), 97):
        data[place] ^= 0xFF
    file.write_bytes(data)


def in_its_place(file: Path) -> None:
    file.unlink()
    file.mkdir()


DAMAGE: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "empty": lambda file: file.write_bytes(b""),
    "cut off": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "without its end": lambda file: file.write_bytes(file.read_bytes()[:-8]),
    "noise": noise,
    "changed": changed,
    "a folder": in_its_place,
}


def reads(index: LanceIndex) -> dict[str, tuple[Callable[[], Any], Any]]:
    return {
        "count": (index.count, 59),
        "search": (lambda: [hit.record.id for hit in index.search(EMBEDDINGS[5], 1)], [MADE[5].id]),
        "records": (lambda: sorted(record.id for batch in index.records() for record in batch), LEFT),
        "get": (lambda: [record.id for record in index.get([MADE[40].id])], [MADE[40].id]),
        "facets": (lambda: sum(index.facets(fields=["format"])["format"].values()), 59),
        "model": (index.model, STAMP),
    }


def assert_right_or_told(index: LanceIndex, where: str) -> list[str]:
    """Reads, writes and reads again; returns what could not be done."""
    failed = []

    def told(what: str, act: Callable[[], Any]) -> bool:
        try:
            act()
        except IndexUnavailable as error:
            failed.append(what)
            words = error.message.replace(index.location, "")
            in_words = bool(error.remedy) and not LIBRARY_WORDS.search(words)
        else:
            return False
        assert in_words, f"{where}: {words}"
        return True

    for what, (read, expected) in reads(index).items():

        def check(read: Callable[[], Any] = read, expected: Any = expected, what: str = what) -> None:
            assert read() == expected, f"{where}: {what}"

        told(what, check)
    if not told("prepare", lambda: index.prepare(STAMP)):
        written = not told("upsert", lambda: index.upsert(*NEW))

        def count() -> None:
            assert index.count() == (61 if written else 59), where

        told("count after", count)
    return failed


def test_nothing_is_wrong_with_what_is_whole(folder: Path) -> None:
    assert assert_right_or_told(LanceIndex(folder, "images"), "whole") == []


@pytest.mark.parametrize("how", DAMAGE)
def test_one_file(whole: Path, tmp_path: Path, how: str) -> None:
    failed = []
    for number, file in enumerate(parts(whole)):
        folder = Path(shutil.copytree(whole, tmp_path / str(number) / "index"))
        DAMAGE[how](folder / file.relative_to(whole))
        failed += assert_right_or_told(LanceIndex(folder, "images"), f"{how}: {file.relative_to(whole)}")
    assert "search" in failed


@pytest.mark.parametrize("lost", ["*.manifest", "_versions/*"])
@pytest.mark.parametrize("more", [(), ("_indices", "_transactions")])
def test_rows_without_a_list_of_versions_are_no_empty_index(folder: Path, lost: str, more: tuple[str, ...]) -> None:
    for file in table(folder).rglob(lost):
        file.unlink()
    for part in more:
        shutil.rmtree(table(folder) / part)
    kept = sorted((table(folder) / "data").iterdir())
    index = LanceIndex(folder, "images")
    failed = assert_right_or_told(index, "no manifest")
    assert failed == [*reads(index), "prepare"]
    with pytest.raises(IndexUnavailable, match="the list of its versions is missing, though its rows are there"):
        index.count()
    assert sorted((table(folder) / "data").iterdir()) == kept


def test_the_newest_version_lost_is_not_the_one_before(folder: Path) -> None:
    """Which has fewer rows."""
    next(parts(folder)).unlink()
    index = LanceIndex(folder, "images")
    assert assert_right_or_told(index, "newest") == [*reads(index), "prepare"]
    with pytest.raises(IndexUnavailable, match="its newest version is missing"):
        index.count()


def test_the_engine_notes_the_newest_version(folder: Path) -> None:
    """A private file of LanceDB (see docs/upstream.md): without it a lost version would go unnoticed."""
    index = LanceIndex(folder, "images")
    for number in range(3):
        index.upsert(*records(1, seed=20 + number))
        assert versions.newest(table(folder)) == int(index.revision().split()[0])
    (table(folder) / "_versions" / "latest_version_hint.json").write_text(json.dumps({"version": "?"}))
    assert versions.newest(table(folder)) == 0


@pytest.mark.parametrize("part", ["data", "_indices", "_deletions", "_transactions"])
def test_a_folder_of_it(folder: Path, part: str) -> None:
    shutil.rmtree(table(folder) / part)
    failed = assert_right_or_told(LanceIndex(folder, "images"), part)
    assert bool(failed) == (part != "_transactions")


def test_what_stands_in_its_place(folder: Path, tmp_path: Path) -> None:
    shutil.rmtree(table(folder))
    table(folder).write_text("a file")
    everything = [*reads(LanceIndex(folder, "images")), "prepare"]
    assert assert_right_or_told(LanceIndex(folder, "images"), "a file") == everything
    table(folder).unlink()
    table(folder).symlink_to(tmp_path / "unplugged")
    assert assert_right_or_told(LanceIndex(folder, "images"), "a link") == everything
    shutil.rmtree(folder)
    folder.write_text("a file")
    assert assert_right_or_told(LanceIndex(folder, "images"), "a file for the folder") == everything
    folder.unlink()
    folder.symlink_to(tmp_path / "unplugged")
    assert assert_right_or_told(LanceIndex(folder, "images"), "a link for the folder") == everything


def test_an_empty_folder_is_a_table_not_yet_made(folder: Path) -> None:
    shutil.rmtree(table(folder))
    table(folder).mkdir()
    index = LanceIndex(folder, "images")
    assert index.count() == 0
    index.prepare(STAMP)
    index.upsert(*NEW)
    assert index.count() == 2


def test_other_records_in_the_rows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As bytes that have changed on the disk look, where they are still JSON."""
    for text in ('{"id": "a"}', '{"nonsense": 1}', "[1]", "3", "null", "no JSON", '{"id": {}, "gps": 3}'):
        monkeypatch.setattr("core.index.lance.rows.parsed", lambda _, text=text: json.loads(text))
        index = LanceIndex(folder, "images")
        with pytest.raises(IndexUnavailable, match="one of its rows is damaged"):
            index.get([MADE[1].id])
        with pytest.raises(IndexUnavailable, match="one of its rows is damaged"):
            list(index.scan())
        with pytest.raises(IndexUnavailable, match="one of its rows is damaged"):
            index.search(EMBEDDINGS[1], 1)


@pytest.mark.parametrize("parent", [BaseException, Exception], ids=["in its own thread", "in a thread of its pool"])
@pytest.mark.parametrize("method", ["count", "get", "records", "search", "upsert", "prepare", "delete"])
def test_the_engine_gives_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch, method: str, parent: type[BaseException]
) -> None:
    """Its Rust code panics: what is raised then is no `Exception`."""
    panic = type(
        "PanicException" if parent is BaseException else "RustPanic", (parent,), {"__module__": "pyo3_runtime"}
    )
    index = LanceIndex(folder, "images")

    def give_up(*_: object, **__: object) -> None:
        raise panic("index out of bounds: the len is 3 but the index is 7")

    monkeypatch.setattr(lancedb, "connect", give_up)
    arguments: dict[str, tuple[Any, ...]] = {
        "get": (["a"],),
        "search": (EMBEDDINGS[0], 1),
        "upsert": NEW,
        "prepare": (STAMP,),
        "delete": (["a"],),
    }
    with pytest.raises(IndexUnavailable, match="one of its files is damaged") as told:
        list(getattr(index, method)(*arguments.get(method, ())))
    assert "images.lance" in told.value.remedy


def test_other_interruptions_go_through(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(lancedb, "connect", interrupt)
    with pytest.raises(KeyboardInterrupt):
        LanceIndex(folder, "images").count()


@pytest.mark.parametrize("name", sorted(PANICS))
def test_the_names_of_a_panic_are_in_the_engine(name: str) -> None:
    """By which it is recognised; another release may call it otherwise."""
    from lancedb import _lancedb

    with Path(_lancedb.__file__).open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as library:
        assert library.find(name.encode()) >= 0
