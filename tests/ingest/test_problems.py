"""Three situations in which a file is not indexed are told apart, counted and found, wherever the file lies."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from core.errors import Problem
from core.ingest.journal.progress import Counts, Outcome, not_indexed
from core.ingest.library import Library
from tests.ingest.libraries import ingest


def saved(format_: str) -> bytes:
    buffer = BytesIO()
    Image.effect_noise((64, 48), 90).convert("RGB").save(buffer, format_)
    return buffer.getvalue()


JPEG, PNG, TIFF = map(saved, ("JPEG", "PNG", "TIFF"))
DEEP_PHOTOSHOP = b"8BPS\0\1" + bytes(6) + b"\0\3\0\0\0\x30\0\0\0\x40\0\x10\0\3" + bytes(14) + bytes(64 * 48 * 6)
NOT_A_PICTURE = {
    "notes.txt": b"words",
    "table.csv": b"1,2",
    "song.mp3": b"ID3",
    "no_suffix": JPEG,
    "page.jpg": b"<!DOCTYPE html><html><body>404</body></html>",
    "answer.png": b'{"error": "AccessDenied"}',
    "denied.webp": b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
    "pointer.jpg": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n",
    "annexed.jpg": b"../.git/annex/objects/aa/bb/SHA256E-s1--00.jpg/SHA256E-s1--00.jpg",
    "words.jpeg": b"these are words",
    "sound.gif": b"RIFF\0\0\0\0WAVEfmt ",
    "program.bmp": b"MZ" + bytes(200),
}
UNSUPPORTED = {
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "picture.jxl": b"\xff\x0a" + bytes(100),
    "LAYERS.XCF": b"gimp xcf v011",
    "scan.dcm": bytes(128) + b"DICM",
    "light.exr": b"v/1\x01",
    "drawn.jpg": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
    "renamed.jpg": b"\xff\x0a" + bytes(100),
    "holiday.nef": b"MM\0*" + bytes(2000),
    "holiday.cr3": b"\0\0\0\x18ftypcrx " + bytes(200),
    "deep.psd": DEEP_PHOTOSHOP,
}
DAMAGED = {
    "empty.jpg": b"",
    "zeros.png": bytes(5000),
    "cut.jpg": JPEG[: len(JPEG) // 2],
    "cut.png": PNG[: len(PNG) // 2],
    "cut.tif": TIFF[: len(TIFF) // 2],
    "beginning.png": PNG[:8] + bytes(200),
    "noise.jpg": bytes(range(1, 256)) * 9,
}
FILES = NOT_A_PICTURE | UNSUPPORTED | DAMAGED
OTHER = {"whole.jpg": JPEG}


def in_folder(path: Path) -> Path:
    path.mkdir()
    for name, data in (FILES | OTHER).items():
        (path / name).write_bytes(data)
    return path


def in_archive(path: Path) -> Path:
    with ZipFile(path.with_suffix(".zip"), "w") as archive:
        for name, data in (FILES | OTHER).items():
            archive.writestr(name, data)
    return path.with_suffix(".zip")


@pytest.mark.parametrize("put", [in_folder, in_archive])
def test_each_is_counted_and_found(put: Callable[[Path], Path], library: Library, tmp_path: Path) -> None:
    job = ingest(library, put(tmp_path / "all"))
    noted = library.journal.files(job.id)
    expected = {Problem.NOT_A_PICTURE: NOT_A_PICTURE, Problem.UNSUPPORTED: UNSUPPORTED, Problem.DAMAGED: DAMAGED}
    for problem, files in expected.items():
        found = list(noted.verdicts(problems={problem}))
        assert {Path(one.path).name for one in found} == files.keys()
        assert {one.problem for one in found} == {problem}
    assert noted.problems() == {problem: len(files) for problem, files in expected.items()}
    assert [one.problem for one in noted.verdicts({Outcome.ADDED})] == [None]
    assert job.counts.skipped + job.counts.failed == len(FILES)


def test_they_are_counted_among_those_of_a_verdict(library: Library, tmp_path: Path) -> None:
    job = ingest(library, in_folder(tmp_path / "all"))
    counts = {outcome: library.journal.files(job.id).problems({outcome}) for outcome in Outcome}
    assert counts[Outcome.SKIPPED][Problem.DAMAGED] == counts[Outcome.ADDED].total() == 0
    assert counts[Outcome.SKIPPED] + counts[Outcome.FAILED] == library.journal.files(job.id).problems()


def test_what_is_mended_has_none_any_more(library: Library, tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "all")
    job = ingest(library, folder)
    (folder / "cut.jpg").write_bytes(JPEG)
    library.jobs.retry(job.id)
    library.jobs.wait(job.id, 30)
    found = library.journal.files(job.id).problems()
    assert found[Problem.DAMAGED] == len(DAMAGED) - 1
    assert found[Problem.UNSUPPORTED] == len(UNSUPPORTED)


def test_an_archive_that_is_none(library: Library, tmp_path: Path) -> None:
    (tmp_path / "cut.zip").write_bytes(b"PK\3\4" + bytes(50))
    job = ingest(library, tmp_path / "cut.zip")
    assert library.journal.files(job.id).problems() == {Problem.DAMAGED: 1}


@pytest.mark.parametrize(
    ("counts", "problems", "said"),
    [
        (Counts(added=3), {}, ""),
        (Counts(skipped=2, failed=1), {Problem.NOT_A_PICTURE: 2, Problem.DAMAGED: 1}, "2 not pictures, 1 damaged"),
        (Counts(skipped=1), {}, "1 other"),
        (Counts(failed=1_000), {Problem.UNSUPPORTED: 1_000}, "1,000 unsupported"),
        (Counts(failed=2), {Problem.UNSUPPORTED: 1}, "1 unsupported, 1 other"),
    ],
)
def test_in_words(counts: Counts, problems: dict[Problem, int], said: str) -> None:
    assert not_indexed(counts, problems) == said
