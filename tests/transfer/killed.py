"""What takes a collection to files and back, or deletes it, in a process that the system ends without warning."""

from pathlib import Path

from core.config import Settings
from core.index.lance.engine import LanceIndex
from core.services.collections import Collections
from core.transfer import exporting, importing, reading
from core.transfer.exporting import export
from core.transfer.importing import import_export
from tests.ingest.killed import end_before
from tests.transfer.conftest import MODEL, collection_of

ROWS = 50
"""What is written and read at a time."""


def export_until(data: Path, folder: Path, method: str, calls: int) -> None:
    """Export in files of two groups, but end just before the nth call of a method."""
    exporting.GROUP_BYTES, exporting.FILE_BYTES = ROWS * 4 * MODEL.dims, 2 * ROWS * 4 * MODEL.dims
    end_before(method, calls)
    for _ in export(collection_of(LanceIndex(data / "index", "images"), data), folder):
        pass


def import_until(data: Path, folder: Path, method: str, calls: int) -> None:
    """Import in commits of two groups, but end just before the nth call of a method."""
    reading.ROWS, importing.WRITTEN_AT_ONCE = ROWS, 2 * ROWS
    end_before(method, calls)
    for _ in import_export(folder, collection_of(LanceIndex(data / "index", "images"), data), MODEL.model_id):
        pass


def delete_until(settings: Settings, name: str, method: str, calls: int) -> None:
    """Delete a collection, but end just before the nth call of a method."""
    end_before(method, calls)
    Collections(settings).delete(name)
