"""What is gathered of all records in one pass: when and where they were taken, and what is labelled on them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.analysis.kept import Kept
from core.index.records import ImageRecord

_FACTS, _LABELS = "facts", "labels"
_UNKNOWN = -1
_MAX_BOXES = np.iinfo(np.uint16).max
_MAX_LABELS = 1_000

type Labels = dict[str, int]
"""How many boxes each label has."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Of n records."""

    ids: NDArray[np.void]
    """As bytes, shape `(n,)`."""
    days: NDArray[np.int32]
    """When each was taken, as `date.toordinal`; -1 where that is not known."""
    places: NDArray[np.float64]
    """Latitude and longitude in degrees, shape `(n, 2)`; NaN where they are not known."""
    boxes: NDArray[np.uint16]
    """How many labelled boxes each has."""
    labels: Labels = field(default_factory=dict)
    """The most frequent first."""

    @classmethod
    def read(cls, kept: Kept) -> Self | None:
        """Those that were kept; None where there are none."""
        found, labels = kept.load(_FACTS), kept.noted(_LABELS)
        if not found or not isinstance(labels, dict):
            return None
        return cls(found["ids"].view("V16").ravel(), found["days"], found["places"], found["boxes"], labels)

    def write(self, kept: Kept) -> None:
        ids = self.ids.view(np.uint8).reshape(-1, 16)
        kept.save(_FACTS, {"ids": ids, "days": self.days, "places": self.places, "boxes": self.boxes})
        kept.note(_LABELS, self.labels)

    @property
    def located(self) -> NDArray[np.bool_]:
        """Of which it is known where they were taken."""
        return ~np.isnan(self.places[:, 0])

    def names(self, which: NDArray[np.bool_]) -> list[str]:
        """The ids of some of them."""
        return [id_.tobytes().hex() for id_ in self.ids[which]]


class Gathering:
    """Facts of records that come in batches."""

    def __init__(self) -> None:
        self._ids: list[bytes] = []
        self._days: list[int] = []
        self._places: list[tuple[float, float]] = []
        self._boxes: list[int] = []
        self._labels = Counter[str]()

    def add(self, records: Iterable[ImageRecord]) -> None:
        nowhere = float("nan"), float("nan")
        for record in records:
            self._ids.append(bytes.fromhex(record.id))
            self._days.append(record.taken_at.date().toordinal() if record.taken_at else _UNKNOWN)
            self._places.append(record.gps if record.gps and _is_on_earth(*record.gps) else nowhere)
            self._boxes.append(min(len(record.boxes), _MAX_BOXES))
            self._labels.update(box.label for box in record.boxes)

    def facts(self) -> Facts:
        return Facts(
            np.frombuffer(b"".join(self._ids), "V16"),
            np.array(self._days, np.int32),
            np.array(self._places, np.float64).reshape(-1, 2),
            np.array(self._boxes, np.uint16),
            dict(self._labels.most_common(_MAX_LABELS)),
        )


def _is_on_earth(latitude: float, longitude: float) -> bool:
    """Cameras without a fix write zeros, and worse."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180 and (latitude, longitude) != (0.0, 0.0)
