"""Pictures as HTML for notebooks: everything in it, nothing to be fetched, nothing that is run."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape
from typing import Any

import httpx

from image_search_client.calls import Call, Connection

MAX_TILES = 60
"""Pictures that are drawn: a notebook keeps all of them."""

_MAX_BYTES = 1 << 18  # of a thumbnail
_KINDS = {b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}  # by how files begin
_SIDE = 144  # pixels

_GRID = "display:flex;flex-wrap:wrap;gap:12px;margin:8px 0"
_TILE = f"width:{_SIDE}px;margin:0"
_PICTURE = f"width:{_SIDE}px;height:{_SIDE}px;object-fit:contain;background:rgba(128,128,128,.12);border-radius:4px"
_NAME = "overflow:hidden;text-overflow:ellipsis;white-space:nowrap;font-size:12px;line-height:1.4"


def drawn(
    heading: str,
    items: Sequence[Mapping[str, Any]],
    thumbnails: Callable[[Sequence[Mapping[str, Any]]], Mapping[str, bytes]],
) -> str:
    """The first of these pictures side by side, with names, scores and bands.

    Args:
        thumbnails: Gets what is there of them; of others the name is shown.
    """
    shown = items[:MAX_TILES]
    kept = thumbnails(shown)
    tiles = "".join(_tile(number, one, kept.get(one["content_hash"])) for number, one in enumerate(shown, 1))
    more = f"<p>… and {len(items) - MAX_TILES:,} more</p>" if len(items) > MAX_TILES else ""
    return f'<div><p>{escape(heading)}</p><div style="{_GRID}">{tiles}</div>{more}</div>'


def fetched(
    connection: Connection, transport: httpx.BaseTransport | None, items: Sequence[Mapping[str, Any]]
) -> dict[str, bytes]:
    """The thumbnails of pictures, by content hash. One that cannot be had is left out: a drawing is no place for
    errors."""
    found: dict[str, bytes] = {}
    try:
        with httpx.Client(**connection.options, transport=transport) as http:
            for one in {one["content_hash"]: one for one in items}.values():
                call = Call(
                    "GET",
                    "/api/v1/thumbnails/{content_hash}",
                    values={"content_hash": one["content_hash"]},
                    params={"collection": one.get("collection")},
                )
                answer = http.get(call.url, params=call.query(connection))
                if answer.status_code == 200:
                    found[one["content_hash"]] = answer.content
    except httpx.TransportError:
        pass
    return found


def thumbnails_of(
    connection: Connection, transport: object = None
) -> Callable[[Sequence[Mapping[str, Any]]], dict[str, bytes]]:
    """
    Args:
        transport: What the client sends with: used here too if it can be used without waiting.
    """
    return partial(fetched, connection, transport if isinstance(transport, httpx.BaseTransport) else None)


def _tile(number: int, one: Mapping[str, Any], thumbnail: bytes | None) -> str:
    name, score = str(one.get("name", "")), one.get("score")
    words = [str(number), "" if score is None else f"{score:.3f}", one.get("band") or ""]
    told = escape(" · ".join(filter(None, words)))
    url = _data_url(thumbnail) if thumbnail else None
    picture = f'<img src="{url}" alt="{escape(name)}" style="{_PICTURE}">' if url else f'<div style="{_PICTURE}"></div>'
    return (
        f'<figure style="{_TILE}">{picture}<figcaption style="{_NAME}" title="{escape(name)}">'
        f"{escape(name)}<br>{told}</figcaption></figure>"
    )


def _data_url(data: bytes) -> str | None:
    """None of what is not a thumbnail as the app makes them."""
    kind = next((kind for start, kind in _KINDS.items() if data.startswith(start)), None)
    if kind is None or len(data) > _MAX_BYTES:
        return None
    return f"data:{kind};base64,{b64encode(data).decode()}"
