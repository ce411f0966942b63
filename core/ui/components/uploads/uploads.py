"""Sending many pictures from the visitor's machine."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from core.ui.components.assets import component

_uploads = component("uploads")


@dataclass(frozen=True, slots=True)
class UploadLimits:
    image: int
    """Bytes of the largest picture."""
    archive: int
    """Bytes of the largest ZIP file."""
    part: int
    """Bytes of the largest file that is part of a dataset."""
    files: int
    """How many can be sent at a time."""


def upload_area(
    *, key: str, upload_url: str, done_url: str, limits: UploadLimits, suffixes: Sequence[str], parts: Sequence[str]
) -> None:
    """Show an area that takes files, whole folders and ZIP archives, and sends what is in them a few at a time.

    An upload goes on when the visitor goes to another page of the app, and ends by itself there. The page runs again
    when all are sent and it is shown.

    Args:
        key: Where Streamlit keeps this area's events; the same key keeps an upload going while the page runs again.
        upload_url: Takes a POST of a file's bytes with `?name=` and answers `{"id", "name"}` or `{"error"}`.
        done_url: Takes a POST of `{"ids"}`, in the order they were given, each once, when all are sent; of a dataset
            with the `paths` of all.
        limits: What is told before, and refused.
        suffixes: What names of pictures end in, each with its dot; other files are left out, and counted.
        parts: Likewise of files that say what is in pictures, which are sent where there are any.
    """
    data = {"upload_url": upload_url, "done_url": done_url, "limits": asdict(limits)}
    names = {"suffixes": [suffix.lower() for suffix in suffixes], "parts": list(parts)}
    _uploads(key=key, data={**data, **names}, on_uploaded_change=_rerun)


def _rerun() -> None:
    """Nothing more is to do: that the page runs again shows the job."""
