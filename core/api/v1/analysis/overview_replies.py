"""What the routes about the overview answer."""

from typing import Literal

from core.api.v1.responses import Reply

Word = Literal["strong", "clear", "weak", "none", "few"]


class FacetValue(Reply):
    value: str
    count: int
    filter: str
    """The condition that finds these pictures."""


class FacetValues(Reply):
    distinct: int
    """How many values there are; of very many, 1,000."""
    values: list[FacetValue]
    """The most frequent first."""


class TimelineBar(Reply):
    label: str
    start: str
    """The first day."""
    count: int
    filter: str


class TimelineReply(Reply):
    """When the pictures were taken."""

    unit: Literal["day", "month", "quarter", "year", "decade"]
    bars: list[TimelineBar]
    undated: int
    undated_filter: str


class PlaceDot(Reply):
    """Pictures that were taken near one another."""

    cell: str
    latitude: float
    longitude: float
    count: int


class PlacesReply(Reply):
    located: int
    """Pictures of which it is known where they were taken."""
    dots: list[PlaceDot]


class BoxShare(Reply):
    """Pictures with so many labelled boxes."""

    label: str
    least: int
    most: int | None
    count: int


class ShownPicture(Reply):
    id: str
    content_hash: str
    name: str
    path: str
    said: str
    """Why it is shown."""
    search: str
    """Words that find it among others; may be empty."""


class ConceptPresence(Reply):
    """How many pictures a search for an everyday concept finds."""

    concept: str
    matched: int
    at_least: bool
    """Whether there may be more."""


class GatheredReply(Reply):
    """What the background has found."""

    made: str
    pictures: int
    """How many there were then."""
    places: PlacesReply
    boxes: list[BoxShare]
    label_boxes: dict[str, int]
    """How many boxes each label has."""
    typical: list[ShownPicture]
    """Those that have most in common with all others."""
    outliers: list[ShownPicture]
    """Those that nothing else is like."""
    rare: list[ShownPicture]
    """Each the best of a concept that few pictures show."""
    concepts: list[ConceptPresence]
    """Shown by most pictures."""
    absent: list[ConceptPresence]
    """Nearly missing: those first of which most was to be expected by what else is there."""


class FlagCount(Reply):
    key: str
    title: str
    count: int
    filter: str


class QualityInShort(Reply):
    checked: int
    flagged: int
    filter: str
    flags: list[FlagCount]


class DuplicateLevel(Reply):
    level: str
    title: str
    groups: int
    pictures: int
    gain: int
    """Bytes that all but one of each group take."""
    filter: str


class DuplicatesInShort(Reply):
    levels: list[DuplicateLevel]
    set_aside: int


class ClusterCover(Reply):
    content_hash: str


class ClusterInShort(Reply):
    name: str
    size: int
    filter: str
    covers: list[ClusterCover]


class ClustersInShort(Reply):
    count: int
    outside: int
    """Pictures in no cluster."""
    largest: list[ClusterInShort]


class Overview(Reply):
    """What a collection holds."""

    pictures: int
    size: int
    """Bytes that their files have."""
    facets: dict[str, FacetValues]
    timeline: TimelineReply
    gathered: GatheredReply | None
    """null if nothing was gathered yet: POST starts it."""
    quality: QualityInShort | None
    """null if it was not checked yet; so are the next two until theirs were found."""
    duplicates: DuplicatesInShort | None
    clusters: ClustersInShort | None


class VerdictReply(Reply):
    """Whether two sides differ at all."""

    evidence: Word
    said: str
    """What comes out, in words."""
    chance: float | None
    """How likely as much is where there is no difference; null if there are too few pictures."""
    told_apart: float | None
    """How often a classifier says rightly which side a picture is of: 0.5 is a guess."""


class OverlapReply(Reply):
    same: int
    """Files with the same bytes on both sides."""
    alike: list[float]
    """Which share of either side's pictures has a look-alike on the other side."""
    said: str


class ConceptDifferenceReply(Reply):
    concept: str
    shares: list[float]
    """Which share of the first and the second side's pictures show it."""
    higher: float
    """How often a picture of this side comes closer to it than one of the other."""
    evidence: Word
    said: str


class ValueDifferenceReply(Reply):
    facet: str
    value: str
    filter: str
    counts: list[int]
    """Of the first and the second side, as are the shares."""
    shares: list[float]
    evidence: Word
    said: str


class UnlikePicture(Reply):
    """A picture that the other side has nothing like."""

    id: str
    content_hash: str
    name: str
    path: str
    nearest: float
    """The cosine of what is nearest on the other side."""
    said: str


class SideReply(Reply):
    text: str
    collection: str
    """Empty: the one that was asked."""
    conditions: str
    pictures: int
    compared: int
    """How many different pictures were compared: of many, a sample."""
    concepts: list[ConceptDifferenceReply]
    """What it shows more."""
    pictures_unlike: list[UnlikePicture]


class SidesCompared(Reply):
    """Two sides compared."""

    made: str
    verdict: VerdictReply
    overlap: OverlapReply
    has_concepts: bool
    """Whether the model was there to tell concepts."""
    values: list[ValueDifferenceReply]
    """Labels, years, cameras and other values that one side has more of."""
    sides: list[SideReply]
