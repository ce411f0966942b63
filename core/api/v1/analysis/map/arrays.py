"""What the routes of the map answer as arrays, and for how long it may be kept."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import numpy as np
from fastapi import Request
from fastapi.responses import Response

from core.analysis.map.colours import Categories, Numbers
from core.analysis.map.container import MEDIA_TYPE, packed
from core.analysis.map.hits import SAID, Lit
from core.analysis.map.model import Map

EACH_TIME = {"Cache-Control": "private, no-cache"}
"""It may be kept, and is asked for again each time."""

_FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
_NEVER = {"Cache-Control": "no-store"}

type Contents = tuple[dict[str, Any], dict[str, Any]]
"""What is said of arrays, and these by their names."""


def fixed(request: Request, made: Map, version: str, contents: Callable[[], Contents]) -> Response:
    """An answer that is the same for as long as the version is named."""
    headers = {"ETag": tag(made.version), **(_FOREVER if version else EACH_TIME)}
    if is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(packed(*contents()), media_type=MEDIA_TYPE, headers=headers)


def changing(request: Request, made: Map, contents: Contents) -> Response:
    """One that may be another next time."""
    data = packed(*contents)
    stands_for = tag(made.version, blake2b(data, digest_size=16).hexdigest())
    if is_known(request, stands_for):
        return not_changed(stands_for)
    return Response(data, media_type=MEDIA_TYPE, headers={"ETag": stands_for, **EACH_TIME})


def passing(contents: Contents) -> Response:
    """One that is not kept."""
    return Response(packed(*contents), media_type=MEDIA_TYPE, headers=_NEVER)


def tag(*parts: str) -> str:
    """What stands for an answer that is made of these."""
    return f'"{blake2b("\n".join(parts).encode(errors="surrogatepass"), digest_size=12).hexdigest()}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether who asks has this answer already."""
    return tag in request.headers.get("if-none-match", "")


def not_changed(tag: str) -> Response:
    return Response(status_code=304, headers={"ETag": tag, **EACH_TIME})


def coloured(made: Map, by: str, found: Categories | Numbers) -> Contents:
    """A category or a number for each point, with its legend."""
    about: dict[str, Any] = {"version": made.version, "by": by}
    if isinstance(found, Numbers):
        return {**about, "kind": "number", "low": found.low, "high": found.high}, {"number": found.of}
    legend = [{"value": one.value, "count": one.count, "filter": one.filter} for one in found.legend]
    counts = {"other": found.others, "none": found.without, "several": found.is_several}
    return {**about, "kind": "category", "legend": legend, **counts}, {"category": found.of}


def lit(made: Map, found: Lit) -> Contents:
    """The points that match a search, and what their scores mean."""
    known = found.scores[np.isfinite(found.scores)]
    at = found.place
    about = {
        "version": made.version,
        "count": len(found.points),
        "matching": found.matched,
        "low": float(known.min()) if len(known) else None,
        "high": float(known.max()) if len(known) else None,
        "query": {"x": at.x, "y": at.y, "spread": at.spread, "said": SAID} if at else None,
    }
    return about, {"points": found.points, "scores": found.scores, "strengths": found.strengths}
