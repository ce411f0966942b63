"""A folder with all folders below it, or one picture, on this machine."""

import os
import stat
from collections.abc import Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.errors import SourceUnavailable, UnreadableImage, UnreadableLabels
from core.images.describe import Box, Split
from core.images.files import ARCHIVE_SUFFIX, has_picture_suffix, is_left_out
from core.images.reading.content import read_bytes
from core.sources.archives.archive import archive_of
from core.sources.archives.zip_directory import OPEN_FLAGS
from core.sources.checks import is_archive
from core.sources.datasets.annotations import Datasets
from core.sources.datasets.files import Listing, is_part, listing_of
from core.sources.presence import has_something, is_absent, is_below, is_gone, is_replaced, mounts_above
from core.sources.reasons import reason
from core.sources.source import Found, Skipped, no_picture
from core.text.names import printable

_CACHE_TAG = "CACHEDIR.TAG"  # bford.info/cachedir: such a folder holds what can be made again, our thumbnails too

_LATEST = 2**63 - 1  # nanoseconds, in the year 2262, as far as an index goes; some file systems go further

_NO_FILE = "Not a file: a pipe, socket or device."
_ARCHIVE = "A ZIP file: add it as a source of its own to index its pictures."
_LEADS_OUT = "A link that points outside the folder: add its target as a source of its own."
_LEADS_NOWHERE = "A broken link, or one that goes in circles."
_CHECK = "Check that its drive is connected, and that the app may read it."


@dataclass(frozen=True, slots=True)
class _Entry:
    path: str
    name: str
    """What says whether it is a picture: of a link the link's own name where its target's does not."""
    is_folder: bool
    aside: bool = False
    """Whether the walk comes to it through a link alone."""
    beside: bool = False
    """Whether it is no picture, and lies beside one of the same name but for the suffix."""


class FolderSource:
    """Keeps `Source`.

    Left out below the root without a word: dot files, what systems keep for themselves, and folders with a
    `CACHEDIR.TAG`. Symbolic links are followed as far as the root's edge; where they lead to what is found anyway, it
    is found there.

    Args:
        root: A folder or file, resolved; need not exist.
        mounts: What `mounts` was when it was last read: a drive that was there then and is not now is missed.
    """

    def __init__(self, root: Path, mounts: Set[str] = frozenset()) -> None:
        self.location = str(root)
        self._root = root
        self._expected = frozenset(mounts)
        self._mounted: set[str] = set()
        self._unread: set[str] = set()
        self._datasets = self._new_datasets()

    def find(self) -> Iterator[Found | Skipped]:
        self._mounted, self._unread, met = mounts_above(self._root), set(), False
        self._datasets = self._new_datasets()
        for one in self._find():
            met = True
            yield one
        if not met:  # rather a drive that is not connected than pictures deleted to the last
            self._unread.add(self.location)

    @property
    def mounts(self) -> frozenset[str]:
        """After `find`: the folders above and below the root on which drives are mounted, or were and may be again."""
        return self._expected | self._mounted

    def owns(self, path: str) -> bool:
        above = archive_of(path)  # or a file in place of a folder
        if above is not None and str(above) == self.location:  # nothing is known of a root that is no folder any more
            return False
        return (is_absent(path) or is_replaced(path)) and (above is None or not is_archive(above))

    def unreachable(self, path: str) -> bool:
        missing = self._expected - self._mounted
        return any(one in self._unread or one in missing for one in (path, *map(str, Path(path).parents)))

    def stat(self, path: str) -> Found:
        found = self._found(path)
        if isinstance(found, Found):
            return found
        self._check_reachable(path)
        if is_absent(path):
            raise UnreadableImage(f"{printable(path)} no longer exists.", "Index its folder again.")
        raise UnreadableImage(f"{printable(path)}: {found.reason}", "Index its folder again.")

    def read(self, path: str) -> bytes:
        try:
            return read_bytes(Path(path))
        except UnreadableImage:
            self._check_reachable(path)
            raise

    def boxes(self, path: str, size: tuple[int, int]) -> tuple[Box, ...]:
        return self._datasets.boxes(path, size)

    def splits(self, path: str) -> tuple[Split, ...]:
        return self._datasets.splits(path)

    def _check_reachable(self, path: str) -> None:
        """
        Raises:
            SourceUnavailable: it is not for this file alone that there is nothing at its path.
        """
        missing = next((one for one in self._expected if is_below(path, one) and not os.path.ismount(one)), None)
        if path == self.location and is_gone(path, self._expected):
            return
        if missing or not has_something(self.location):
            raise SourceUnavailable(
                f"{printable(missing or self.location)} is gone or empty now.",
                "Connect its drive; what is indexed so far is kept.",
            )

    def _new_datasets(self) -> Datasets:
        self._files = _Files()
        return Datasets(self.location, self._files)

    def _find(self) -> Iterator[Found | Skipped]:
        try:
            is_folder = self._root.is_dir()
            if not is_folder:
                self._root.lstat()  # raises where there is nothing, which `is_dir` does not
        except (OSError, ValueError) as error:  # ValueError: a NUL byte
            yield self._unreadable(self.location, error)
            return
        if is_folder:
            yield from self._walk()
            yield from self._datasets.unmatched()
        elif judged := self._judged(_Entry(self.location, self._root.name, False)):
            yield judged

    def _walk(self) -> Iterator[Found | Skipped]:
        seen: set[str] = set()  # only what lies aside: the rest is met once by construction, and memory stays flat
        pending = [self._entries(self.location, False)]  # no recursion: folders may be nested deeper than its limit
        while pending:
            one = next(pending[-1], None)
            if one is None:
                pending.pop()
            elif isinstance(one, Skipped):
                yield one
            elif one.aside and one.path in seen:
                continue
            else:
                if one.aside:
                    seen.add(one.path)
                if one.is_folder:
                    pending.append(self._entries(one.path, one.aside))
                elif judged := self._judged(one):
                    yield judged

    def _entries(self, folder: str, aside: bool) -> Iterator[_Entry | Skipped]:
        try:
            entries = self._listed(folder)
        except OSError as error:
            yield self._unreadable(folder, error)
            return
        stems = _stems(entries)
        for entry in entries:
            try:
                found = self._entry(entry, aside, stems)
            except OSError as error:  # some file systems have to look at a file to say what it is
                found = self._unreadable(entry.path, error)
            if found:
                yield found

    def _entry(self, entry: os.DirEntry[str], aside: bool, stems: Set[str]) -> _Entry | Skipped | None:
        if entry.is_symlink() or entry.is_junction():
            return self._followed(entry)
        is_folder = entry.is_dir(follow_symlinks=False)
        return _Entry(entry.path, entry.name, is_folder, aside, _stem(entry.name) in stems)

    def _listed(self, folder: str) -> list[os.DirEntry[str]]:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        if folder != self.location:
            if any(entry.name == _CACHE_TAG for entry in entries):
                return []
            if os.path.ismount(folder):
                self._mounted.add(folder)
        kept = [entry for entry in entries if not is_left_out(entry.name)]
        self._files.note(folder, kept)
        return kept

    def _followed(self, link: os.DirEntry[str]) -> _Entry | Skipped | None:
        """Where a link leads; None where the walk comes there without it."""
        try:
            target = Path(link.path).resolve(strict=True)
            is_folder = target.is_dir()
        except (OSError, RuntimeError):
            return Skipped(link.path, _LEADS_NOWHERE)
        if not target.is_relative_to(self._root):
            return Skipped(link.path, _LEADS_OUT)
        aside = any(map(is_left_out, target.relative_to(self._root).parts))
        if not aside and (is_folder or has_picture_suffix(target.name) or not has_picture_suffix(link.name)):
            return None
        # Stores that keep files aside (git-annex) name them without a suffix: the link has it.
        return _Entry(str(target), target.name if has_picture_suffix(target.name) else link.name, is_folder, True)

    def _judged(self, entry: _Entry) -> Found | Skipped | None:
        if has_picture_suffix(entry.name):
            return self._found(entry.path)
        if entry.name.lower().endswith(ARCHIVE_SUFFIX):
            return no_picture(entry.path, _ARCHIVE)
        return self._datasets.skipped(entry.path, entry.beside)

    def _found(self, path: str) -> Found | Skipped:
        try:
            status = os.stat(path)  # noqa: PTH116 - a Path object for each of a million files costs more than the call
        except OSError as error:
            return self._unreadable(path, error)
        if not stat.S_ISREG(status.st_mode):
            return no_picture(path, _NO_FILE)
        annotated_ns = max(map(_mtime_ns, self._datasets.files(path)), default=0)
        return Found(path, status.st_size, min(status.st_mtime_ns, _LATEST), annotated_ns)

    def _unreadable(self, path: str, error: Exception) -> Skipped:
        self._unread.add(path)
        return Skipped(path, f"It cannot be read: {reason(error)}. {_CHECK}", failed=True)


def _mtime_ns(path: str) -> int:
    try:
        return min(os.stat(path).st_mtime_ns, _LATEST) or 1  # noqa: PTH116 - as above; 0 would say that there are no labels
    except OSError:
        return 0


def _stem(name: str) -> str:
    return os.path.splitext(name)[0]  # noqa: PTH122 - as above


def _stems(entries: Sequence[os.DirEntry[str]]) -> set[str]:
    """The names of the pictures without their suffixes, where there is anything that may go with them."""
    if not any(is_part(entry.name) for entry in entries):
        return set()
    return {_stem(entry.name) for entry in entries if has_picture_suffix(entry.name)}


class _Files:
    """Keeps `DatasetFiles`. What the walk has listed is not listed again."""

    def __init__(self) -> None:
        self._listings: dict[str, Listing] = {}

    def note(self, folder: str, entries: Sequence[os.DirEntry[str]]) -> None:
        """What is in a folder."""
        with suppress(OSError):  # some file systems have to look at a file to say what it is
            self._listings[folder] = listing_of((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)

    def exists(self, path: str) -> bool:
        return os.path.isfile(path)  # noqa: PTH113 - as above

    def is_folder(self, path: str) -> bool:
        return os.path.isdir(path)  # noqa: PTH112 - as above

    def listing(self, folder: str) -> Listing:
        if folder not in self._listings:
            try:
                with os.scandir(folder) as found:
                    self.note(folder, [entry for entry in found if not is_left_out(entry.name)])
            except OSError:
                pass
        return self._listings.get(folder) or Listing()

    def read(self, path: str, most: int) -> bytes:
        with suppress(OSError):  # told by the reading
            if os.path.getsize(path) > most:  # noqa: PTH202 - as above
                raise UnreadableLabels(f"{printable(path)} is too large.", "Correct it and check the source again.")
        return read_bytes(Path(path))

    def head(self, path: str, size: int) -> bytes:
        try:
            with os.fdopen(os.open(path, OPEN_FLAGS), "rb") as file:
                return file.read(size) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
        except (OSError, ValueError):
            return b""
