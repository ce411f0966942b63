"""Files from elsewhere, each with the picture of the collection that it is, or looks like."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from core.ui.components.assets import component

_check = component("check", "shared/notices/notices", "uploads/uploads", "compare/compare")


@dataclass(frozen=True, slots=True)
class CheckLimits:
    image: int
    """Bytes of the largest picture."""
    archive: int
    """Bytes of the largest ZIP file."""
    files: int
    """How many at a time."""


def check_area(
    *, key: str, routes: Mapping[str, str], limits: CheckLimits, suffixes: Sequence[str], roots: Sequence[str]
) -> None:
    """Show an area that takes files, and what is found of each. All of it goes on in the browser.

    Args:
        key: Where Streamlit keeps this area's events.
        routes: URLs by name: `files`, which takes a file's bytes; `check`, which answers for those sent, line by line;
            `pair`, `pictures`, `thumbnails` and `images` for comparing.
        limits: What is told before, and refused.
        suffixes: What names of pictures end in, each with its dot.
        roots: Folders of the server below which paths may be named; none: paths are not offered.
    """
    data = {"routes": dict(routes), "limits": asdict(limits), "suffixes": [suffix.lower() for suffix in suffixes]}
    _check(key=key, data={**data, "roots": list(roots)})
