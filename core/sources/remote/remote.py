"""Pictures at an address: on a web server or in an object store."""

from collections.abc import Callable, Iterable, Iterator, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import batched, chain, islice

from core.errors import ImageSearchError, SourceUnavailable, UnreadableImage
from core.images.describe import Box, Split
from core.images.files import has_picture_suffix, is_left_out
from core.sources.datasets.annotations import Datasets
from core.sources.datasets.files import Listing, is_part
from core.sources.remote.ahead import Ahead
from core.sources.remote.attempts import describe_error, is_transient
from core.sources.remote.http_store import HttpStore
from core.sources.remote.object_store import ObjectStore
from core.sources.remote.remote_store import Entry, RemoteStore
from core.sources.remote.texts import Texts
from core.sources.remote.urls import SCHEMES, WEB, is_normalised, normalised
from core.sources.source import Found, Skipped
from core.text.names import printable

MAX_BYTES = 256 << 20
"""Of one picture: less than of a file here, for several are read at once, and whoever keeps them may be anybody."""

_AT_ONCE = 8  # files that are asked about, and folders that are listed
_NO_ADDRESS = "Its name cannot be part of a URL: give it another name."
_NO_END = "There are more folders here than are scanned: add those you need as sources of their own."


class RemoteSource:
    """Keeps `Source`.

    Below a web address is found what its index pages link to. Left out without a word are the same names as in folders.

    Args:
        url: A file or folder.
        public_only: Refuse web servers that have no public address: for addresses that visitors of the app name.
        most_held: So many entries of one folder are held at a time; a folder with more is listed twice, page by page.

    Raises:
        SourceRefused: it is no address that can be read, or the package that reads it is not installed.
    """

    def __init__(self, url: str, public_only: bool, most_held: int = 100_000) -> None:
        self.location = normalised(url)
        self._most_held = most_held
        scheme = self.location.partition("://")[0]
        self._credentials = SCHEMES[scheme].credentials
        self._store: RemoteStore = HttpStore(public_only) if scheme in WEB else ObjectStore(scheme)
        self._unread = {self.location}
        self._forget()

    def find(self) -> Iterator[Found | Skipped]:
        self._forget()
        self._unread, unread, met = {self.location}, set[str](), False
        for one in self._find():
            met = met or isinstance(one, Found)
            if isinstance(one, Skipped) and one.failed:
                unread.add(one.path)
            yield one
        if met:  # rather a server that has nothing to say than pictures deleted to the last
            self._unread = unread

    def owns(self, path: str) -> bool:
        return not _is_left_out(path, self.location)

    def unreachable(self, path: str) -> bool:
        return any(path == folder or path.startswith(f"{folder}/") for folder in self._unread)

    def stat(self, path: str) -> Found:
        try:
            if found := self._store.stat(path):
                return self._annotated(found)
        except Exception as error:
            raise self._described(path, error) from error
        raise UnreadableImage(f"{printable(path)} is a folder now.", "Index its URL again.")

    def read(self, path: str) -> bytes:
        data = self._read(path, MAX_BYTES)
        if len(data) > MAX_BYTES:
            raise UnreadableImage(f"{printable(path)} is larger than {MAX_BYTES >> 20} MiB.", "Save a smaller one.")
        return data

    def boxes(self, path: str, size: tuple[int, int]) -> tuple[Box, ...]:
        return self._datasets.boxes(path, size)

    def splits(self, path: str) -> tuple[Split, ...]:
        return self._datasets.splits(path)

    def _find(self) -> Iterator[Found | Skipped]:
        if has_picture_suffix(self.location.partition("?")[0]):
            try:
                found = self._store.stat(self.location)
            except Exception as error:
                yield self._failed(self.location, error)
                return
            if found:
                yield found
                return
        with self._texts.by_folder():
            yield from self._walk()
            yield from self._datasets.unmatched()

    def _walk(self) -> Iterator[Found | Skipped]:
        with Ahead(self._store.pages, _AT_ONCE) as ahead:
            yield from self._walked(ahead)

    def _walked(self, ahead: Ahead) -> Iterator[Found | Skipped]:
        pending, visited = [self.location], 0
        aside: set[str] = set()  # linked from further above: the rest is met once by construction
        while pending:
            folder = pending.pop()
            visited += 1
            if visited > self._store.most_folders:
                yield Skipped(self.location, _NO_END, failed=True)
                return
            folders: list[str] = []
            for part in self._listed(folder, ahead):
                if isinstance(part, Skipped):
                    yield part
                    continue
                entries = [entry for entry in part if entry.url not in aside]
                aside.update(entry.url for entry in entries if "/" in entry.url[len(folder) + 1 :])
                folders += [entry.url for entry in entries if entry.is_folder]
                ahead.begin([*pending[-_AT_ONCE:], *reversed(folders[:_AT_ONCE])])
                yield from self._files([entry for entry in entries if not entry.is_folder])
            pending += reversed(folders)

    def _listed(self, folder: str, ahead: Ahead) -> Iterator[list[Entry] | Skipped]:
        """What is in a folder, part by part; at the end why there is no more where its listing breaks off."""
        try:
            yield from self._parts(folder, ahead)
        except Exception as error:
            yield self._failed(folder, error)

    def _parts(self, folder: str, ahead: Ahead) -> Iterator[list[Entry]]:
        """What is in a folder, by name, part by part, when all of it is known that may say what its pictures show."""
        entries = _kept(ahead.pages(folder), folder)
        held = list(islice(entries, self._most_held))
        if (more := next(entries, None)) is None:
            self._texts.note(folder, held)
            yield sorted(held, key=_url)
            return
        self._texts.note(folder, chain(held, [more], entries))
        del held
        for page in _with_whole_stems(self._store.pages(folder)):
            yield sorted(_kept([page], folder), key=_url)

    def _files(self, entries: list[Entry]) -> Iterator[Found | Skipped]:
        stems = {_stem(entry.url) for entry in entries if has_picture_suffix(entry.url)}
        with ThreadPoolExecutor(_AT_ONCE, "look") as pool:  # each may take as long as the server is away
            for some in batched(entries, 8 * _AT_ONCE):
                yield from filter(None, pool.map(lambda entry: self._judged(entry, stems), some))

    def _judged(self, entry: Entry, stems: Set[str]) -> Found | Skipped | None:
        """None for what belongs to a dataset."""
        try:
            if not has_picture_suffix(entry.url):
                return self._datasets.skipped(entry.url, _stem(entry.url) in stems)
            if not is_normalised(entry.url):
                return Skipped(entry.url, _NO_ADDRESS)
            return self._annotated(entry.found) if entry.found else self.stat(entry.url)
        except UnreadableImage as error:
            return Skipped(entry.url, str(error), failed=True, problem=error.problem)
        except Exception as error:  # of the labels
            return self._failed(entry.url, error)

    def _annotated(self, found: Found) -> Found:
        changed = map(self._texts.changed_ns, self._datasets.files(found.path))
        return replace(found, annotated_ns=max(changed, default=0))

    def _read(self, path: str, limit: int) -> bytes:
        try:
            return self._store.read(path, limit)
        except Exception as error:
            raise self._described(path, error) from error

    def _described(self, path: str, error: Exception) -> ImageSearchError:
        """A verdict on one file, unless nothing at this address can be reached any more."""
        if is_transient(error) and not self._answers():
            return SourceUnavailable(
                f"{printable(self.location)} no longer responds.",
                "Check the network and the server; what is indexed so far is kept.",
            )
        return describe_error(path, error, self._credentials)

    def _answers(self) -> bool:
        try:
            self._store.stat(self.location)
        except Exception as error:
            return not is_transient(error)
        return True

    def _forget(self) -> None:
        """What was known of labels, which may have changed."""
        self._texts = Texts(self._store)
        self._datasets = Datasets(self.location, _Files(self._texts, self._read))

    def _failed(self, path: str, error: Exception) -> Skipped:
        return Skipped(path, str(describe_error(path, error, self._credentials)), failed=True)


class _Files:
    """Keeps `DatasetFiles`."""

    def __init__(self, texts: Texts, read: Callable[[str, int], bytes]) -> None:
        self._texts = texts
        self.read = read

    def exists(self, path: str) -> bool:
        return is_part(path) and self._texts.changed_ns(path) > 0

    def is_folder(self, path: str) -> bool:
        return self._texts.has_folder(path)

    def listing(self, folder: str) -> Listing:
        return self._texts.listing(folder)

    def head(self, path: str, size: int) -> bytes:
        try:
            return self.read(path, size)[:size]
        except ImageSearchError:
            return b""


def _kept(pages: Iterable[list[Entry]], folder: str) -> Iterator[Entry]:
    return (entry for page in pages for entry in page if not _is_left_out(entry.url, folder))


def _with_whole_stems(pages: Iterable[list[Entry]]) -> Iterator[list[Entry]]:
    """Pages, so that what lies beside a picture and has its name but for the suffix is on the same one."""
    held: list[Entry] = []
    for page in pages:
        held += sorted(page, key=_url)
        last = _stem(held[-1].url) if held else ""
        begun = next((at for at in reversed(range(len(held))) if _stem(held[at].url) != last), -1) + 1
        yield held[:begun]
        held = held[begun:]
    yield held


def _url(entry: Entry) -> str:
    return entry.url


def _stem(url: str) -> str:
    return url.rpartition(".")[0]


def _is_left_out(url: str, folder: str) -> bool:
    return any(map(is_left_out, url[len(folder) + 1 :].split("/")))
