"""A search by the picture whose path or URL was typed: whether it may be read, and the picture itself."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from core.errors import FolderRefused, ImageSearchError, TooLarge
from core.index.index import Index
from core.index.records import ImageRecord, record_id
from core.search.language.conditions import named
from core.sources.pasted import pasted_location, spellings
from core.sources.remote.urls import check_url, is_url, normalised
from core.text.names import printable
from core.text.redaction import told

if TYPE_CHECKING:
    from core.images.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Pasted:
    """A text that is the path or URL of a file as a whole."""

    location: str
    refusal: str | None
    """Why there is no search by it, in sentences; None where there is one."""

    @property
    def remark(self) -> str:
        """What is to be said where the text was searched for as words."""
        said = f"{named(told(self.location))} was read as words."
        return f"{said} {self.refusal}" if self.refusal else said


class PastedPictures:
    """Reads what visitors of the app may have indexed, and no more; what is in the index already, wherever it lies.

    Args:
        queries: Where a picture that is read is kept, as if it had been sent.
        roots: The folders that may be read.
        urls: The prefixes of URLs that may be read.
    """

    def __init__(self, index: Index, queries: "Uploads", roots: Sequence[Path], urls: Sequence[str]) -> None:
        self._index, self._queries, self._roots, self._urls = index, queries, roots, urls

    def offer(self, text: str, *, reads: bool = True) -> Pasted | None:
        """None where the text is words. Nothing is read, and no server is asked.

        Args:
            reads: Whether more may be read than what is in the index.
        """
        if (location := pasted_location(text)) is None:
            return None
        try:
            if not self._record(location):
                self._check(location, reads)
        except ImageSearchError as error:
            return Pasted(location, str(error))
        return Pasted(location, None)

    def take(self, text: str, *, reads: bool = True) -> tuple[str, str]:
        """The content hash and the name of the picture there.

        Args:
            reads: Whether more may be read than what is in the index.

        Raises:
            FolderRefused: it may not be read, or is not there.
            UnreadableImage: it does not open; TooLarge: it is larger than what can be sent.
            StorageFull, StorageUnavailable: it cannot be kept.
        """
        location = pasted_location(text)
        if location is None:
            raise FolderRefused(
                f"{named(text)} is neither a path nor a URL.", "Give the full path of a picture, or its URL."
            )
        if record := self._record(location):
            return record.content_hash, record.name
        from core.sources.factory import read_file

        checked = self._check(location, reads)
        if isinstance(checked, Path):
            upload = self._queries.add(_bytes(checked, self._queries.limit), checked.name)
        else:
            upload = self._queries.add(read_file(checked), url_name(checked))
        return upload.id, upload.name

    def _record(self, location: str) -> ImageRecord | None:
        path = location
        if is_url(location):
            with suppress(ImageSearchError):  # which `_check` raises
                path = normalised(location)
        return next(iter(self._index.get([record_id(path)])), None)

    def _check(self, location: str, reads: bool) -> Path | str:
        if not reads:
            raise FolderRefused(
                f"{printable(told(location))} is not in the index, and only admins may have other files read.",
                "Drop the picture itself on the page, or ask an admin.",
            )
        if is_url(location):
            return check_url(location, self._urls)
        from core.sources.checks import check_picture  # asks Pillow

        first, *others = spellings(location)
        for path in others:
            with suppress(FolderRefused):
                return check_picture(path, self._roots)
        return check_picture(first, self._roots)


def _bytes(path: Path, limit: int) -> bytes:
    from core.images.reading.content import read_bytes

    with suppress(OSError):  # which `read_bytes` words
        if path.stat().st_size > limit:
            raise TooLarge(
                f"{printable(path.name)} has more than the {limit / 1e6:.1f} MB that a picture to search by may have.",
                "Save a smaller version of it.",
            )
    return read_bytes(path)


def url_name(url: str) -> str:
    """What to call the file at a URL."""
    parts = urlsplit(url)
    return unquote(parts.path.rpartition("/")[2]) or parts.netloc
