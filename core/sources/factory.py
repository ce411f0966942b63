"""Which kind of source a location is, and the file behind a record's path."""

from collections.abc import Sequence, Set
from pathlib import Path

from core.images.files import has_picture_suffix
from core.images.reading.content import read_bytes
from core.sources.archives.archive import ArchiveSource, archive_of
from core.sources.checks import is_archive
from core.sources.folder import FolderSource
from core.sources.listed import SUFFIX, ListedSource
from core.sources.presence import is_below
from core.sources.remote.urls import is_url
from core.sources.source import Source


def open_source(
    location: str, mounts: Set[str] = frozenset(), *, lists: Path | None = None, public_only: bool = True
) -> Source:
    """The source at a location, which need not be there.

    Args:
        location: A resolved path, or a URL.
        mounts: See `FolderSource`.
        lists: The folder whose lists are taken for sources: elsewhere anybody may have written one, and what it names
            may be no file that the app is to read.
        public_only: See `RemoteSource`.

    Raises:
        SourceRefused: it is an address that cannot be read, or a list that is gone.
    """
    if is_url(location):
        from core.sources.remote.remote import RemoteSource  # its libraries take a while to import, and few need them

        return RemoteSource(location, public_only)
    path = Path(location)
    if path.suffix == SUFFIX and path.parent == lists:
        return ListedSource(path)
    return ArchiveSource(path) if is_archive(path) and not path.is_dir() else FolderSource(path, mounts)


def is_one_picture(source: Source) -> bool:
    """Whether a picture was named by itself, rather than a place where there may be others one day."""
    return isinstance(source, FolderSource) and has_picture_suffix(source.location) and Path(source.location).is_file()


def without_nested(locations: Sequence[str]) -> list[str]:
    """Each once, and none that is read with a folder above it. Archives are no part of the folders they lie in."""
    unique = list(dict.fromkeys(locations))
    return [
        one
        for one in unique
        if is_archive(Path(one)) or not any(other != one and is_below(one, other) for other in unique)
    ]


def read_file(path: str, *, public_only: bool = True) -> bytes:
    """The bytes of an indexed picture, by the path of its record.

    Raises:
        UnreadableImage: it is gone or cannot be read.
        SourceRefused: it is at an address that cannot be read.
    """
    if is_url(path):
        return open_source(path, public_only=public_only).read(path)
    if archive := archive_of(path):
        return ArchiveSource(archive).read(path)
    return read_bytes(Path(path))
