"""Take files and folders out of the index; the files themselves are never touched."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from itertools import batched

from core.images.thumbnails import Thumbnails
from core.index.filters import Filter
from core.index.index import Index
from core.index.records import record_id

_CHUNK = 1000
_SETTLED = timedelta(minutes=10)  # younger ones may be those of records that are about to be stored


def remove(locations: Sequence[str], *, index: Index, thumbnails: Thumbnails) -> int:
    """Remove the records of these files, and of all below these folders or addresses; returns how many that
    were, without those that others removed at the same time.

    The files need not exist any more. Thumbnails go with the last record of their bytes.

    Args:
        locations: Resolved paths, or URLs.
    """
    return sum(_remove(location, index, thumbnails) for location in locations)


def _remove(location: str, index: Index, thumbnails: Thumbnails) -> int:
    records = index.get([record_id(location)])
    for batch in index.records(Filter.within(location)):
        records += batch
    chunks = batched(((record.id, record.content_hash) for record in records), _CHUNK)
    return sum(delete_records(chunk, index, thumbnails) for chunk in chunks)


def delete_records(records: Collection[tuple[str, str]], index: Index, thumbnails: Thumbnails) -> int:
    """Delete records, given by id and content hash, and the thumbnails that were theirs alone; returns how many were
    still there."""
    deleted = index.delete([id_ for id_, _ in records])
    remove_orphans({content_hash for _, content_hash in records}, index, thumbnails)
    return deleted


def remove_orphans(content_hashes: Iterable[str], index: Index, thumbnails: Thumbnails) -> None:
    """Remove those of these thumbnails that no record has any more."""
    for chunk in batched(content_hashes, _CHUNK):
        thumbnails.remove_all(set(chunk) - index.by_content(chunk).keys())


def sweep(index: Index, thumbnails: Thumbnails) -> None:
    """Remove all older thumbnails that no record has: what a crash, and then a cancelled job, may leave behind.

    Thumbnails of dropped pictures go too; they are made again when they are asked for.
    """
    remove_orphans(thumbnails.older_than(_SETTLED), index, thumbnails)
