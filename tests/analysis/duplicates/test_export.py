"""What was set aside, as a script that does what it says whatever files are called, and no more."""

import csv
import os
import subprocess
from pathlib import Path

import pytest

from core.analysis.duplicates.export import COLUMNS, Line, exported, quoted

NASTY = [
    "plain.jpg",
    "with space.jpg",
    "it's.jpg",
    'double"quote.jpg',
    "$(touch pwned).jpg",
    "`touch pwned`.jpg",
    "new\nline.jpg",
    "-rf.jpg",
    "back\\slash.jpg",
    "semi;colon&.jpg",
    "*.jpg",
    "~.jpg",
    "#hash.jpg",
    "tab\there.jpg",
    "ünïcode 日本.jpg",
    os.fsdecode(b"not utf-8 \xff.jpg"),
    "'; rm -rf .; '.jpg",
    "trailing newline.jpg\n",
]


@pytest.fixture
def folder(tmp_path):
    """Two of each: one to keep and one that was set aside."""
    for name in NASTY:
        for side in ("keep", "aside"):
            path = tmp_path / side / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(name if side == "keep" else f"{name} copy", errors="surrogateescape")
    return tmp_path


def listed(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def line(folder: Path, name: str) -> Line:
    aside, keep = folder / "aside" / name, folder / "keep" / name
    return Line(str(aside), aside.stat().st_size, "0" * 64, str(keep), keep.stat().st_size, "same-picture")


def run(script: bytes, folder: Path) -> subprocess.CompletedProcess[bytes]:
    file = folder / "script.sh"
    file.write_bytes(script)
    work = folder / "work"
    work.mkdir(exist_ok=True)
    return subprocess.run(["sh", str(file)], cwd=work, capture_output=True, timeout=60)


def test_remove(folder):
    done = run(b"".join(exported([line(folder, name) for name in NASTY], "remove")), folder)
    assert (done.returncode, done.stderr) == (0, b"")
    assert sorted(listed(folder / "keep")) == sorted(NASTY)
    assert listed(folder / "aside") == []
    assert listed(folder / "work") == [], "nothing was run"


@pytest.mark.parametrize("target", ["", "-x", "it's $(here)", "new\nline"])
def test_move(folder, target):
    done = run(b"".join(exported([line(folder, name) for name in NASTY], "move", target)), folder)
    assert (done.returncode, done.stderr) == (0, b"")
    moved = folder / "work" / (target or "set-aside") / str(folder / "aside").lstrip("/")
    assert sorted(listed(moved)) == sorted(NASTY)
    assert sorted(listed(folder / "keep")) == sorted(NASTY)
    assert len(listed(folder / "work")) == 1


@pytest.mark.parametrize("change", ["kept gone", "kept changed", "aside changed", "link", "the same file"])
def test_what_changed_meanwhile_is_left_alone(folder, change):
    one = line(folder, "plain.jpg")
    aside, keep = Path(one.path), Path(one.kept)
    match change:
        case "kept gone":
            keep.unlink()
        case "kept changed":
            keep.write_text("another")
        case "aside changed":
            aside.write_text("edited since")
        case "link":
            aside.unlink()
            aside.symlink_to(keep)
        case "the same file":
            aside.unlink()
            os.link(keep, aside)
            one = line(folder, "plain.jpg")
    done = run(b"".join(exported([one], "remove")), folder)
    assert done.returncode == 1
    assert b"Left alone" in done.stderr
    assert os.path.lexists(aside)


@pytest.mark.parametrize("path", ["https://example.com/a.jpg", "s3://bucket/new\nline.jpg", "/nowhere\0/a.jpg"])
def test_what_is_no_file_is_told_in_a_comment(path):
    script = b"".join(exported([Line(path, 1, "0" * 64, "/keep/a.jpg", 1)], "remove"))
    (told,) = (one for one in script.splitlines() if one.startswith(b"# ") and b": " in one)
    assert b"aside '" not in script
    assert told


def test_without_a_kept_one_nothing_is_done():
    script = b"".join(exported([Line("/a/new\nrm -rf x.jpg", 1, "0" * 64)], "remove"))
    assert b"\nrm -rf x" not in script
    assert b"Nothing is kept in its place" in script


def test_a_member_of_an_archive_is_left_out(tmp_path):
    archive = tmp_path / "a.zip"
    archive.write_bytes(b"PK")
    script = b"".join(exported([Line(f"{archive}/in.jpg", 1, "0" * 64, "/keep/a.jpg", 1)], "move"))
    assert b"In a ZIP file" in script


def test_csv(folder):
    text = b"".join(exported([line(folder, name) for name in NASTY], "csv")).decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(keepends=True)))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(NASTY)
    assert all(row["level"] == "same-picture" for row in rows)


@pytest.mark.parametrize("name", NASTY)
def test_quoted(name, tmp_path):
    done = subprocess.run([b"sh", b"-c", b"printf %s " + quoted(name)], capture_output=True, timeout=60)
    assert done.stdout == os.fsencode(name)
