"""Pictures as programs have them: files, bytes, pictures of Pillow; what files from the app are called."""

import io
import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, runtime_checkable
from urllib.parse import unquote, urlsplit

from image_search_client.errors import ImageSearchError

_HASH = re.compile("[0-9a-f]{64}")
_PNG_MODES = {"1", "L", "LA", "P", "RGB", "RGBA"}


@runtime_checkable
class PillowPicture(Protocol):
    """What a picture of Pillow can do, as far as it is used here."""

    mode: str

    def save(self, fp: Any, format: str | None = None) -> None: ...

    def convert(self, mode: str) -> Any: ...


type Source = str | PathLike[str] | bytes | PillowPicture | Mapping[str, Any]
"""A picture: its path, its URL, its bytes, one of Pillow, one that was found, or the content hash of one."""


def known_hash(source: Source) -> str | None:
    """The content hash of a picture that the app has; None of any other."""
    if isinstance(source, Mapping):
        source = str(source.get("content_hash", ""))
    return source if isinstance(source, str) and _HASH.fullmatch(source) else None


def is_url(source: Source) -> bool:
    return isinstance(source, str) and re.match("[a-z][a-z0-9+.-]+://", source) is not None


def content(source: Source) -> tuple[str | None, bytes | Path]:
    """The name of a picture, None where it has none, and what of it is sent.

    Raises:
        ImageSearchError: there is nothing to send.
    """
    if isinstance(source, bytes):
        return None, source
    if isinstance(source, str | PathLike):
        path = Path(source)
        if not path.is_file():
            raise ImageSearchError(f"There is no file at {path}.", "Give the path of a picture.")
        return path.name, path
    if isinstance(source, PillowPicture):
        file = io.BytesIO()
        (source if source.mode in _PNG_MODES else source.convert("RGB")).save(file, format="PNG")
        return None, file.getvalue()
    raise ImageSearchError("This is not a picture.", "Give a path, bytes, a picture of Pillow, or one that was found.")


def export_of(url: str) -> tuple[str, str]:
    """Token and name of an export: wherever its URL says that it is, it is fetched from the app.

    Raises:
        ImageSearchError: it is not the URL of one.
    """
    found = re.search(r"/exports/([^/]+)/([^/]+)$", urlsplit(url).path)
    if found is None:
        raise ImageSearchError("The answer cannot be read.", "Check that this is the URL of the app.")
    return unquote(found[1]), unquote(found[2])


def file_name(name: str) -> str:
    """A name without what would lead to another folder."""
    return re.sub(r"[\x00-\x1f/\\:]", "_", name).lstrip(".") or "pictures"
