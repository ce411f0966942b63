"""What a search can be told beside words and pictures, and which operation begins an analysis."""

from typing import Literal, TypedDict

from image_search_client import schemas

type Analysis = Literal["overview", "quality", "duplicates", "map", "labels", "classes"]

BEGINS: dict[Analysis, str] = {
    "overview": "post_overview",
    "quality": "post_quality",
    "duplicates": "post_duplicates_scan",
    "map": "post_map",
    "labels": "post_labels_check",
    "classes": "post_classes_score",
}
"""The operation that begins each."""


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
