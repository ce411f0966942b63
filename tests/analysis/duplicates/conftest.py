"""A collection of drawn pictures and copies of them, scanned."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import ImageOps

from core.analysis.duplicates.duplicates import Duplicates
from core.index.records import ImageRecord
from core.services import Services
from tests.analysis.drawn import drawn, write
from tests.ingest.libraries import WAIT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures, and of the first a copy, a half, a mirrored and a cropped one."""
    folder = tmp_path / "pictures"
    image = drawn(1)
    first = write(folder / "one.jpg", image)
    (folder / "copies").mkdir()
    (folder / "copies" / "one.jpg").write_bytes(first.read_bytes())
    write(folder / "half.jpg", image.resize((200, 150)), 80)
    write(folder / "mirrored.jpg", ImageOps.mirror(image))
    write(folder / "cropped.jpg", image.crop((0, 0, 360, 270)))
    write(folder / "two.jpg", drawn(2))
    write(folder / "three.jpg", drawn(3))
    return folder


@pytest.fixture
def ingest(services: Services, tmp_path: Path) -> Callable[[], None]:
    def ingest() -> None:
        job = services.library.add([str(tmp_path / "pictures")], auto_start=True, prunes=True)
        assert not services.jobs.wait(job, WAIT).active

    return ingest


@pytest.fixture
def scan(services: Services) -> Callable[[], Duplicates]:
    def scan() -> Duplicates:
        found = services.analysis.duplicates
        job = services.jobs.wait(found.begin(), WAIT)
        assert job.status.value == "done", job.error
        return found

    return scan


@pytest.fixture
def scanned(folder: Path, ingest: Callable[[], None], scan: Callable[[], Duplicates]) -> Duplicates:
    ingest()
    return scan()


@pytest.fixture
def records(services: Services, tmp_path: Path) -> Callable[[], dict[str, ImageRecord]]:
    """By their paths below the folder of pictures."""

    def records() -> dict[str, ImageRecord]:
        every = (record for some in services.index.records() for record in some)
        return {record.path.removeprefix(f"{tmp_path}/pictures/"): record for record in every}

    return records
