"""Take files and folders out of the index; the files themselves are never touched."""

from collections.abc import Sequence
from pathlib import Path

from core.images.thumbnails import Thumbnails
from core.index.records import Filter, ImageRecord, Index, record_id

_CHUNK = 1000


def remove(paths: Sequence[Path], *, index: Index, thumbnails: Thumbnails) -> int:
    """Remove the records of these files, and of all files below these folders; returns how many there were.

    The paths need not exist any more. Thumbnails go with the last record of their bytes.
    """
    return sum(_remove(path.expanduser().resolve(), index, thumbnails) for path in paths)


def _remove(path: Path, index: Index, thumbnails: Thumbnails) -> int:
    records = index.get([record_id(path)])
    for batch, _ in index.scan(Filter(folder=str(path))):
        records += batch
    for start in range(0, len(records), _CHUNK):
        _delete(records[start : start + _CHUNK], index, thumbnails)
    return len(records)


def _delete(records: Sequence[ImageRecord], index: Index, thumbnails: Thumbnails) -> None:
    index.delete([record.id for record in records])
    hashes = {record.content_hash for record in records}
    for orphan in hashes - index.by_content(list(hashes)).keys():
        thumbnails.remove(orphan)
