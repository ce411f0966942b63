"""Search results as a grid of pictures with a larger view of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from core.images.names import displayable
from core.ui.components.assets import component

_gallery = component("gallery", "lightbox")


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture of the gallery."""

    id: str
    """The record's id, unique in a gallery."""
    content_hash: str
    """Names the thumbnail and the larger picture; two tiles may share it."""
    name: str
    path: str
    score: float | None
    """Cosine, or None where nothing was searched for."""
    strength: float
    """Length of the bar, from 0 to 1."""
    copies: int
    """Files with the same bytes, this one included."""
    width: int
    """Pixels, upright."""
    height: int
    format: str
    size: int
    """Bytes."""
    taken_at: str | None
    """In words, as it is shown."""
    frames: int


def gallery(
    items: Sequence[Tile],
    *,
    key: str,
    thumbnails: str,
    images: str,
    scored: bool,
    on_similar: Callable[[str], None],
    on_add: Callable[[str], None],
) -> None:
    """Show pictures as tiles, best first; opening one shows it large, without a run of the page.

    Args:
        items: Any number; a thousand is fine.
        key: Where Streamlit keeps this gallery's events.
        thumbnails: URL to which `/<content_hash>` is added for a small picture.
        images: Likewise for the large one.
        scored: Whether ranks and scores are shown.
        on_similar: Called with a picture's content hash before the next run, when its "Find similar" was used.
        on_add: Likewise for "Add to query".
    """

    def report(event: str, callback: Callable[[str], None]) -> None:
        # Of a trigger that did not fire in this run the value is None.
        if record_id := st.session_state[key].get(event):
            callback(str(record_id))

    _gallery(
        key=key,
        data={
            "items": [_as_json(item, scored) for item in items],
            "scored": scored,
            "thumbnails": thumbnails,
            "images": images,
        },
        on_similar_change=lambda: report("similar", on_similar),
        on_add_change=lambda: report("add", on_add),
    )


def _as_json(item: Tile, scored: bool) -> dict[str, str | float | None]:
    return {
        "id": item.id,
        "content_hash": item.content_hash,
        "name": displayable(item.name),
        "path": displayable(item.path),
        # Rounded, and made Python's own numbers: an unchanged result must be an unchanged message.
        "score": round(float(item.score), 4) if scored and item.score is not None else None,
        "strength": round(float(item.strength), 3),
        "copies": int(item.copies),
        "width": int(item.width),
        "height": int(item.height),
        "format": item.format,
        "size": int(item.size),
        "taken_at": item.taken_at,
        "frames": int(item.frames),
    }
