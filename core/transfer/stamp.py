"""What is said of an exported collection beside its rows: the model, how much there is, what each file must be."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

from core.errors import ImportRefused
from core.index.index import ModelStamp
from core.storage import write_whole
from core.text.names import printable
from core.transfer.errors import refused

FILE = "export.json"
"""Written last: where it is, all of the export is."""

FORMAT = "image-search collection"
VERSION = 1
"""Raised when what is written could not be read by those who read the one before."""

RECORDS, SEARCHES, SOURCES = "records", "searches", "sources"

MAX_DIMS = 16_384
_MAX_BYTES = 64 << 20  # of the stamp: a billion rows
_NAME = re.compile(r"(records-[0-9]{5,}|searches|sources)\.parquet")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ExportedFile:
    name: str
    """Within the folder."""
    kind: str
    rows: int
    size: int
    """In bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class ExportStamp:
    model: ModelStamp
    engine: str
    """Which kept it: it may be another where it is imported."""
    collection: str
    created_at: str
    """ISO 8601, in UTC."""
    made_by: str
    """The version of the app."""
    files: tuple[ExportedFile, ...]

    def rows(self, kind: str) -> int:
        return sum(file.rows for file in self.files if file.kind == kind)

    def of_kind(self, kind: str) -> list[ExportedFile]:
        return [file for file in self.files if file.kind == kind]


def write_stamp(folder: Path, stamp: ExportStamp) -> None:
    """
    Raises:
        StorageFull, StorageUnavailable: it cannot be written.
    """
    counts = {kind: stamp.rows(kind) for kind in (RECORDS, SEARCHES, SOURCES)}
    said = {"format": FORMAT, "version": VERSION, **asdict(stamp), "counts": counts}
    write_whole(folder / FILE, json.dumps(said, indent=2, ensure_ascii=True).encode())


def read_stamp(folder: Path) -> ExportStamp:
    """
    Raises:
        ImportRefused: there is none, it is of a version that is not known, or it is not what is written here.
    """
    file = folder / FILE
    try:
        with file.open("rb") as opened:
            data = opened.read(_MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise ImportRefused(
            f"There is no whole export in {printable(folder)}: {FILE} is missing.",
            "Name the folder that was given to export. If the export was stopped, run it again: it goes on.",
        ) from error
    except OSError as error:
        raise refused(file, "cannot be read", "Check that the app may read it.") from error
    said = _parsed(file, data)
    if said.get("format") != FORMAT:
        raise refused(file, "is not that of an exported collection", "Name the folder that was given to export.")
    if said.get("version") != VERSION:
        raise refused(
            file,
            f"has version {printable(str(said.get('version')))[:20]!s} of the format, and this app reads {VERSION}",
            "Use the version of the app that has exported it.",
        )
    try:
        return _stamp(said)
    except (KeyError, TypeError, ValueError) as error:
        raise refused(file, "is damaged") from error


def digest(file: Path) -> str:
    """SHA-256 of a file, 64 hexadecimal digits."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def _parsed(file: Path, data: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(data) if len(data) <= _MAX_BYTES else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise refused(file, "is damaged")
    return said


def _stamp(said: Mapping[str, Any]) -> ExportStamp:
    model = said["model"]
    files = tuple(_file(one) for one in said["files"])
    if len({file.name for file in files}) < len(files):
        raise ValueError("a file is listed twice")
    texts = {name: _text(said[name]) for name in ("engine", "collection", "created_at", "made_by")}
    dims = _number(model["dims"], 1, MAX_DIMS)
    stamp = ModelStamp(_text(model["model_id"]), dims, _number(model["preprocessing"], 1))
    return ExportStamp(model=stamp, files=files, **texts)


def _file(said: Mapping[str, Any]) -> ExportedFile:
    file = ExportedFile(
        _text(said["name"]), _text(said["kind"]), _number(said["rows"]), _number(said["size"]), _text(said["sha256"])
    )
    found = _NAME.fullmatch(file.name)  # no path leads out of the folder
    if not found or found[1].partition("-")[0] != file.kind or not _SHA256.fullmatch(file.sha256):
        raise ValueError("a file is described wrongly")
    return file


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise ValueError("no text")
    return value


def _number(value: object, least: int = 0, most: int = 2**63 - 1) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError("no number")
    return value
