"""What can happen to a file after it was planned, and before it is read."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from core.ingest.journal.progress import Outcome
from tests.hostile.drawn import png
from tests.hostile.kinds import outside_of
from tests.zips import zipped

FAILED, ADDED = Outcome.FAILED, Outcome.ADDED


class Harm(NamedTuple):
    do: Callable[[Path], object]
    """To a red picture, or the archive with one in it, whose path this is."""
    outcome: Outcome
    """What must become of the picture; the rest as of a `Fate`."""
    says: str = ""
    colour: str = ""


def replaced(make: Callable[[Path], object]) -> Callable[[Path], None]:
    """By what is made in its place."""

    def replace(path: Path) -> None:
        path.unlink()
        make(path)

    return replace


def lead_out(path: Path) -> None:
    """It becomes a link to the like of it outside."""
    target = outside_of(path) / path.name
    path.rename(target)
    path.symlink_to(target)


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


PICTURE_HARMS: dict[str, Harm] = {
    "it is deleted": Harm(Path.unlink, FAILED, "no longer exists"),
    "it is renamed": Harm(lambda path: path.rename(path.with_name("y.png")), FAILED, "no longer exists"),
    "its folder is deleted": Harm(lambda path: shutil.rmtree(path.parent), FAILED, "no longer exists"),
    "it is another picture": Harm(lambda path: path.write_bytes(png("blue")), ADDED, "", "blue"),
    "it grows": Harm(lambda path: path.write_bytes(path.read_bytes() + bytes(999)), ADDED, "", "red"),
    "it is cut": Harm(lambda path: os.truncate(path, 60), FAILED, "Copy it again"),
    "it is emptied": Harm(lambda path: os.truncate(path, 0), FAILED, "is empty"),
    "it becomes a text": Harm(lambda path: path.write_text("words and words"), FAILED, "a text"),
    "it becomes a folder": Harm(replaced(Path.mkdir), FAILED, "Not a file"),
    "it becomes a pipe": Harm(replaced(os.mkfifo), FAILED, "Not a file"),
    "it becomes a link to itself": Harm(replaced(link_to_itself), FAILED, "cannot be read"),
    "it becomes a link to nothing": Harm(replaced(lambda path: path.symlink_to("no")), FAILED, "cannot be read"),
    "it becomes a link to one outside": Harm(lead_out, FAILED, "points elsewhere"),
    "its folder becomes a link to one outside": Harm(lambda path: lead_out(path.parent), FAILED, "points elsewhere"),
}

ARCHIVE_HARMS: dict[str, Harm] = {
    "it is cut": Harm(lambda path: os.truncate(path, 60), FAILED, "not a ZIP file"),
    "it is emptied": Harm(lambda path: os.truncate(path, 0), FAILED, "not a ZIP file"),
    "it becomes a link to one outside": Harm(lead_out, FAILED, "points elsewhere"),
    "its folder becomes a link to one outside": Harm(lambda path: lead_out(path.parent), FAILED, "points elsewhere"),
    "it is another archive": Harm(lambda path: path.write_bytes(zipped({"x.png": png("blue")})), ADDED, "", "blue"),
    "it loses the picture": Harm(lambda path: path.write_bytes(zipped({"y.png": png()})), FAILED, "no longer in"),
    "the picture is damaged": Harm(lambda path: path.write_bytes(zipped({"x.png": b"x"})), FAILED, "a text"),
}

ARCHIVE_LOSSES: dict[str, tuple[Callable[[Path], object], str]] = {
    "it is deleted": (Path.unlink, "cannot be found"),
    "its folder is deleted": (lambda path: shutil.rmtree(path.parent), "cannot be found"),
    "it becomes a folder": (replaced(Path.mkdir), "is gone or empty"),
    "it becomes a pipe": (replaced(os.mkfifo), "it is not a file"),
    "it becomes a link to itself": (replaced(link_to_itself), "cannot be read"),
}
"""After which an archive is not there any more, and what is said then."""
