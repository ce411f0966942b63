"""What was found: to be looped over, looked at, or taken on as a table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, overload

from image_search_client import schemas
from image_search_client.errors import ImageSearchError
from image_search_client.grid import drawn

type Thumbnails = Callable[[Sequence[Mapping[str, Any]]], Mapping[str, bytes]]
"""The thumbnails of pictures, by content hash; those that there are."""

_TOLD = 10  # pictures that a line of text names


class Pictures[T: Mapping[str, Any]](Sequence[T]):
    """Pictures, each a dictionary as the app tells of it. At the end of a notebook's cell they are drawn.

    Args:
        items: Each with `id`, `content_hash` and `name`.
        thumbnails: Where to get them, once they are drawn.
    """

    def __init__(self, items: Sequence[T], thumbnails: Thumbnails) -> None:
        self._items, self._thumbnails = list(items), thumbnails

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> "Pictures[T]": ...
    def __getitem__(self, place: int | slice) -> "T | Pictures[T]":
        if isinstance(place, slice):
            return Pictures(self._items[place], self._thumbnails)
        return self._items[place]

    @property
    def ids(self) -> list[str]:
        """Of the records, in order: what tags and exports take."""
        return [one["id"] for one in self._items]

    @property
    def heading(self) -> str:
        return f"{len(self):,} picture{'' if len(self) == 1 else 's'}"

    def to_pandas(self) -> Any:
        """A table of pandas, a row for each picture.

        Raises:
            ImageSearchError: pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise ImageSearchError("pandas is not installed.", "Install it: pip install pandas.") from error
        return pandas.DataFrame(self._items)

    def __repr__(self) -> str:
        names = [_told(one) for one in self._items[:_TOLD]]
        return "\n".join([self.heading, *names, *(["…"] if len(self) > _TOLD else [])])

    def _repr_html_(self) -> str:
        return drawn(self.heading, self._items, self._thumbnails)


class Results(Pictures[schemas.Item]):
    """A page of what a search has found, the best first, with all that was answered beside it.

    Args:
        answer: As the app gave it.
    """

    def __init__(self, answer: schemas.SearchAnswer, thumbnails: Thumbnails) -> None:
        super().__init__(answer["results"], thumbnails)
        self.answer = answer

    @property
    def matched(self) -> int | None:
        """How many match, on all pages; None while it is not known what scores mean."""
        return self.answer["matched"]

    @property
    def no_match(self) -> bool:
        """Whether nothing really matches: what is listed is merely nearest."""
        return self.answer["no_match"]

    @property
    def heading(self) -> str:
        if self.no_match:
            return "Nothing here really matches. The nearest:"
        words = f"{len(self):,} of {self.answer['total']:,} pictures."
        if self.matched is not None:
            words += f" {self.matched:,} match{'es' if self.matched == 1 else ''}."
        return " ".join([words, *self.answer["notes"]])


def _told(one: Mapping[str, Any]) -> str:
    score = one.get("score")
    words = [one.get("name", ""), "" if score is None else f"{score:.3f}", one.get("band") or ""]
    return "  ".join(filter(None, words))
