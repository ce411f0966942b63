"""The newest map of a version of the index, on disk."""

import secrets
from dataclasses import asdict, replace
from typing import Any

from core.analysis.kept import Kept
from core.analysis.map.model import Map, Quality, cluster_of, cluster_to_plain

FORMAT = 1
"""Raised when what is kept changes its form: an older one is made anew."""

_ARRAYS = ("ids", "row", "contents", "places", "points", "levels")


def save(kept: Kept, made: Map) -> None:
    """In place of the one before: readers see that one until it is whole."""
    kept.save(f"points-{made.version}", {name: getattr(made, name) for name in _ARRAYS})
    note(kept, made)
    kept.remove(name for name in kept.names("points-*.npz") if name != f"points-{made.version}.npz")


def note(kept: Kept, made: Map) -> None:
    """Keep what is said of it, whose arrays are kept."""
    plain: dict[str, Any] = {
        "format": FORMAT,
        "version": made.version,
        "layout": made.layout,
        "made_at": made.made_at,
        "vectors_of": made.vectors_of,
        "has_concepts": made.has_concepts,
        "quality": asdict(made.quality),
        "clusters": list(map(cluster_to_plain, made.clusters)),
    }
    kept.note("map", plain)


def load(kept: Kept) -> Map | None:
    """None where there is none that can be read."""
    plain = kept.noted("map")
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        return None
    arrays = kept.load(f"points-{plain['version']}")
    if arrays is None or set(_ARRAYS) - arrays.keys():
        return None
    return Map(
        version=plain["version"],
        layout=plain["layout"],
        made_at=plain["made_at"],
        vectors_of=plain["vectors_of"],
        has_concepts=plain["has_concepts"],
        quality=Quality(**plain["quality"]),
        clusters=tuple(map(cluster_of, plain["clusters"])),
        **arrays,
    )


def renewed(made: Map, **changes: Any) -> Map:
    """The same under another version, so that nobody takes it for the one that they have seen."""
    return replace(made, version=new_version(), **changes)


def new_version() -> str:
    return secrets.token_hex(8)
