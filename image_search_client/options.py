"""What a search can be told beside words and pictures, and which request begins an analysis."""

from typing import Any, Literal, TypedDict

from image_search_client import schemas

_ANALYSES: dict[str, tuple[str, dict[str, Any] | None]] = {
    "overview": ("/api/v1/overview", None),
    "quality": ("/api/v1/quality", None),
    "duplicates": ("/api/v1/duplicates/scan", None),
    "map": ("/api/v1/map", {}),
    "labels": ("/api/v1/labels/check", {}),
    "classes": ("/api/v1/classes/score", None),
}


class SearchOptions(TypedDict, total=False):
    """As the API has them."""

    k: int | Literal["all"] | None
    offset: int | None
    limit: int | None
    more: list[str] | None
    less: list[str] | None
    collapse: schemas.Collapse | None
    duplicate_threshold: float | None
    diversity: float | None
    min_match: schemas.MinMatch | None
    sort: schemas.Sort | None
    collection: str | None


def started_by(analysis: str) -> tuple[str, dict[str, Any] | None]:
    """The path and the body that begin it."""
    return _ANALYSES[analysis]
