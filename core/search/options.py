"""How the nearest are made into results: what is taken as the same, how varied, how good, in what order."""

from dataclasses import dataclass
from enum import StrEnum

USUAL_K = 24
"""Results of a search that does not say how many."""

ALL_RESULTS = "all"
"""As a number of results: as many as are ranked."""


class Band(StrEnum):
    """How well a picture matches, judged against what chance would bring in a collection of this size: a match is what
    is in any but the last."""

    STRONG = "strong"
    LIKELY = "likely"
    WEAK = "weak"
    NONE = "none"


class Collapse(StrEnum):
    """Which pictures are shown as one; each includes those above it."""

    OFF = "off"
    BYTES = "bytes"
    IMAGE = "image"
    """Also the same picture in another size or format, brighter, or mirrored."""
    ALIKE = "alike"
    """Also pictures whose embeddings are nearly equal: cropped copies, shots of a series."""

    @classmethod
    def _missing_(cls, value: object) -> "Collapse | None":
        return cls.IMAGE if value == "picture" else None  # as links and scripts of before v1 of the API have it


class MinMatch(StrEnum):
    """Down to which band hits count as matches: what is below is in the band `none`."""

    AUTO = "auto"
    """Where the query's own matches end."""
    STRONG = "strong"
    LIKELY = "likely"
    WEAK = "weak"
    ALL = "all"
    """As `WEAK`, and no line is drawn below the matches: all results are put in the order that is asked for."""


class Sort(StrEnum):
    BEST = "best"
    NEWEST = "newest"
    OLDEST = "oldest"
    LARGEST = "largest"
    SMALLEST = "smallest"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Options:
    collapse: Collapse = Collapse.ALIKE
    duplicate_threshold: float | None = None
    """The cosine from which pictures are alike, in (0, 1]; None: what suits the model."""
    diversity: float = 0.0
    """From 0, best match first, to 1, as unlike one another as can be."""
    min_match: MinMatch = MinMatch.AUTO
    sort: Sort = Sort.BEST
    """The order of the matches; what is below stays in the order of its scores."""


FORMER_NAMES = {"duplicate_threshold": "alike", "min_match": "cut"}
"""What options were called before: links and scripts are read that have these names."""


def member[E: StrEnum](kind: type[E], value: object, otherwise: E) -> E:
    """The member of an enumeration that has this value, which may be anything; else the other one."""
    try:
        return kind(value) if isinstance(value, str) else otherwise
    except ValueError:
        return otherwise
