"""What visitors sent, where a store has it: at hand on whatever machine it is read, under the paths that records have.

Such a path is one of the machine that took it. On another, whose data folder lies elsewhere, it is known by its end.
"""

import json
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from core.errors import SourceRefused, UnreadableImage
from core.images.describe import Box, Split
from core.images.files import ARCHIVE_SUFFIX, SUFFIXES
from core.images.reading.content import read_bytes
from core.images.shared_uploads import SharedUploads
from core.sources.archives.archive import ArchiveSource
from core.sources.archives.zip_directory import Directory
from core.sources.folder import FolderSource
from core.sources.listed import SUFFIX, ListedSource
from core.sources.presence import is_absent, is_below
from core.sources.source import Found, Skipped, Source
from core.store.address import MIRROR
from core.store.mirror import Mirror
from core.text.names import printable

_AT_ONCE = 16  # files that are fetched or kept
_LATEST = 2**63  # nanoseconds, as far as an index goes
_SETTLED = 600.0  # seconds: younger ones may be about to be kept in the store
_UPLOAD = re.compile(r"(.*/)?uploads(\.kept)?/([0-9a-f]{2})/(\3[0-9a-f]{62})(\.[a-z0-9]+)(/.*)?", re.DOTALL)
_BELOW = re.compile(rf"(?:.*/)?{MIRROR}/((?:datasets|lists)/.+|uploads)", re.DOTALL)


class Sent:
    """Of one collection. Raises `StorageUnavailable` where the store does not answer.

    Args:
        mirror: Of the store.
        uploads: What was sent to be indexed.
    """

    def __init__(self, mirror: Mirror, uploads: SharedUploads) -> None:
        self._mirror, self.uploads = mirror, uploads

    def covers(self, path: str) -> bool:
        """Whether it is the path of something that was sent, or of the place of all that was."""
        return self.local(path) is not None

    def local(self, path: str) -> Path | None:
        """Where it is on this machine, or would be; None for any other path."""
        if upload := _UPLOAD.fullmatch(path):
            _, beside, short, digest, suffix, _ = upload.groups()
            return self._mirror.root / f"uploads{beside or ''}" / short / f"{digest}{suffix}"
        if (found := _BELOW.fullmatch(path)) and not {".", "..", ""} & set(found[1].split("/")):
            return self._mirror.root / found[1]
        return None

    def at_hand(self, path: str) -> str:
        """The path on this machine of what was sent, fetched if need be; of anything else the same path."""
        if upload := _UPLOAD.fullmatch(path):
            *_, digest, suffix, member = upload.groups()
            place = self.uploads.path(digest) if suffix in SUFFIXES else self.uploads.archive(digest)
            return f"{place}{member or ''}" if place else path
        place = self.local(path)
        return str(place) if place and place != self.uploads.folder and self._mirror.fetched(place) else path

    def is_gone(self, path: str) -> bool:
        """Whether what was sent is no longer there, on no machine."""
        upload = _UPLOAD.fullmatch(path)
        return upload is not None and is_absent(path) and not self.uploads.has(upload[4])

    def remove(self, path: str) -> None:
        """Remove what was sent, from the store too."""
        if upload := _UPLOAD.fullmatch(path):
            self.uploads.remove(upload[4])
        elif place := self.local(path):
            self._mirror.remove([place])

    def source(self, location: str) -> Source | None:
        """The source at a location; None where it is nothing that was sent."""
        place = self.local(location)
        if place is None:
            return None
        if place.suffix == SUFFIX and place.parent.name == "lists":
            self._mirror.fresh(place)
            listed = ListedSource(place, lambda folder: SentFolder(folder, self))
            if listed.location == str(place):  # of files anywhere, which no list that was sent has
                raise SourceRefused(f"{printable(location)} cannot be read.", "Upload the pictures again.")
            return listed
        if place == self.uploads.folder:
            return SentFolder(location, self)
        if upload := _UPLOAD.fullmatch(location):  # a picture by itself is at hand when it is opened
            return SentArchive(Path(self.at_hand(location)), self) if upload[5] == ARCHIVE_SUFFIX else None
        self._fetch_all(place)
        return FolderSource(place)

    def share(self, folder: Path) -> None:
        """Keep a folder of this machine in the store, with the times of its files."""
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        with ThreadPoolExecutor(_AT_ONCE, "dataset") as pool:
            list(pool.map(self._mirror.push, files))
        times = {path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in files}
        self._mirror.write(_times(folder), json.dumps(times).encode())

    def _fetch_all(self, folder: Path) -> None:
        """A folder whose files belong together."""
        there = {one.path for one in self._mirror.found(folder)}
        with ThreadPoolExecutor(_AT_ONCE, "dataset") as pool:
            list(pool.map(self._mirror.fetched, there))
        times = self._told_times(folder)
        for path in filter(Path.is_file, folder.rglob("*")):
            status = path.stat()
            changed = times.get(path.relative_to(folder).as_posix(), status.st_mtime_ns)
            if path not in there and status.st_ctime < time.time() - _SETTLED:
                path.unlink(missing_ok=True)  # of a dataset of this name that was removed
            elif status.st_mtime_ns != changed:
                os.utime(path, ns=(changed, changed))

    def _told_times(self, folder: Path) -> dict[str, int]:
        """When the files of a folder were written on the machine that took them, nanoseconds since the epoch."""
        if not self._mirror.fresh(_times(folder)):
            return {}
        try:
            told = json.loads(_times(folder).read_bytes())
        except ValueError:
            return {}
        times = told.items() if isinstance(told, dict) else ()
        return {name: moment for name, moment in times if isinstance(moment, int) and 0 <= moment < _LATEST}


def _gone(path: str) -> UnreadableImage:
    return UnreadableImage(f"{printable(path)} no longer exists.", "Upload it again.")


def _times(folder: Path) -> Path:
    """Where the times of a folder's files are kept: hidden, and so no source."""
    return folder.with_name(f".{folder.name}.times")


class SentArchive(ArchiveSource):
    """A ZIP file that was sent: at hand as long as it is read, whatever else comes meanwhile.

    Args:
        path: On this machine.
    """

    def __init__(self, path: Path, sent: Sent) -> None:
        super().__init__(path)
        self._sent = sent

    def _directory(self) -> Directory:
        self._sent.at_hand(self.location)
        with suppress(OSError):  # told by what reads it
            os.utime(self._path, ns=(time.time_ns(), self._path.stat().st_mtime_ns))
        return super()._directory()


class SentFolder:
    """Keeps `Source`: the place of all pictures that were sent.

    Args:
        location: Its path on the machine that took them.
    """

    def __init__(self, location: str, sent: Sent) -> None:
        self.location, self._sent = location, sent

    def find(self) -> Iterator[Found | Skipped]:
        uploads = self._sent.uploads
        with ThreadPoolExecutor(_AT_ONCE, "sent") as pool:
            for found in pool.map(
                lambda one: Found(uploads.known_as(one[0]), one[1], uploads.mtime_ns(one[0])), uploads.find()
            ):
                if is_below(found.path, self.location):  # others are those of another machine
                    yield found

    def owns(self, path: str) -> bool:
        return self._sent.is_gone(path)

    def unreachable(self, path: str) -> bool:
        return False

    def stat(self, path: str) -> Found:
        try:
            status = self._at_hand(path).stat()
        except OSError as error:
            raise _gone(path) from error
        return Found(path, status.st_size, status.st_mtime_ns)

    def read(self, path: str) -> bytes:
        return read_bytes(self._at_hand(path))

    def _at_hand(self, path: str) -> Path:
        """
        Raises:
            UnreadableImage: it was not sent.
        """
        if not self._sent.covers(path):  # a list may name anything
            raise _gone(path)
        return Path(self._sent.at_hand(path))

    def boxes(self, path: str, size: tuple[int, int]) -> tuple[Box, ...]:
        return ()

    def splits(self, path: str) -> tuple[Split, ...]:
        return ()
