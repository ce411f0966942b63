"""What the app answers: written by `python -m tests.client.generating` from the description of the API."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class ActionReply(TypedDict):
    """Something that was decided at once, and can be undone."""

    id: int
    at: float
    """Seconds since the epoch."""
    by: str
    title: str
    set_aside: int
    kept: int
    distinct: int
    """Pairs of contents that are no duplicates."""
    undone: bool


class AlignmentReply(TypedDict):
    """Where in the first picture the second lies."""

    transform: list[float]
    """Six numbers, a to f: x₁ = a x₂ + b y₂ + c and y₁ = d x₂ + e y₂ + f, in shares of width and height."""
    level: str | None
    """null if they are not even look-alikes."""
    cosine: float
    how: str
    overlap: float
    correlation: float | None


type AskLine = LookedReply | SentReply | TextReply | NoteReply | TroubleReply | DoneReply
"""Something that happens while a question is answered."""


class AskedBefore(TypedDict):
    """A question of before, and its answer."""

    question: str
    answer: str


class BalanceReply(TypedDict):
    """How often each label is given in each split."""

    splits: list[str]
    rows: list[BalanceRow]
    notes: list[str]
    """What stands out, in words."""


class BalanceRow(TypedDict):
    label: str
    pictures: dict[str, int]
    """By split; `""` for those in none."""
    boxes: dict[str, int]


class BoxProblemReply(TypedDict):
    """A picture with boxes that look like mistakes."""

    picture: Shown
    boxes: list[Rect]
    words: str


class BoxShare(TypedDict):
    """Pictures with so many labelled boxes."""

    label: str
    least: int
    most: int | None
    count: int


class BoxesReply(TypedDict):
    """What boxes are like."""

    boxes: int
    labelled: int
    per_picture: float
    heat: list[list[float]]
    """How many boxes cover each part of a picture, as shares of the most."""
    sizes: list[SizeBin]
    """By the side of a square as large as the box, as a share of that of the picture."""
    problems: dict[str, int]


class Changed(TypedDict):
    """How many of the pictures changed."""

    changed: int
    """How many have other tags now."""
    unchanged: int
    """How many had the right tags already."""
    missing: int
    """How many are not in the index."""


type CheckAnswer = Literal["same-file", "same-picture", "look-alike", "new", "unreadable"]


class CheckReply(TypedDict):
    """A line: how far the check is, and what was found since the line before."""

    total: int | None
    """Files; null while they are being found."""
    done: int
    checked: list[CheckedReply]
    counts: NotRequired[dict[str, int] | None]
    """In the last line: how many files have which answer."""


class CheckedReply(TypedDict):
    """A file, and whether the collection has it."""

    path: str
    name: str
    answer: CheckAnswer
    match: MatchReply | None
    cosine: float | None
    how: str
    """What it is beside the match, in words."""
    reason: str
    """Why it cannot be read; or what else there is to know."""
    content_hash: str
    size: int
    width: int
    height: int


class ClassBody(TypedDict):
    """A class."""

    name: str
    """As it is searched for: `class:scratch`."""
    words: NotRequired[str]
    """What its pictures show. Empty: its name."""
    threshold: NotRequired[float | None]
    """The strength from which a picture is one. null: what suggests itself."""


class ClassPictures(TypedDict):
    """The pictures that a class may fit."""

    name: str
    threshold: float
    suggested: float
    count: int
    total: int
    """How many there are in this order."""
    curve: list[list[float | int]]
    """How many have at least which score."""
    pictures: list[ScoredReply]


class ClassReply(TypedDict):
    """A class. What is null is not known yet: the pictures are being scored."""

    name: str
    words: str
    threshold: float | None
    """As people have drawn the line; null: as it suggests itself."""
    suggested: float | None
    used: float | None
    count: int | None
    """How many pictures are of it."""
    yes: int
    """Of how many people have said so, and in `no` the opposite."""
    no: int
    precision: PrecisionReply
    filter: str
    """The condition that finds them where the list is applied."""


class ClusterInShort(TypedDict):
    name: str
    size: int
    filter: str
    covers: list[OverviewClusterCover]


class ClusterReply(TypedDict):
    """Pictures that stand close together."""

    number: int
    """From 1, within one version of the map."""
    name: str
    named_by: NamedBy
    concepts: list[str]
    """What sets it apart, most of all first."""
    size: int
    level: int
    """From 0, the coarsest."""
    parent: int
    """The number of the cluster around it, or 0."""
    x: float
    """Where its pictures are densest, as is `y`."""
    y: float
    radius: float
    """Half of its pictures are within so much of that place."""
    bounds: list[float]
    covers: list[MapClusterCover]
    filter: str
    """The condition that finds its pictures."""


class Clusters(TypedDict):
    """The clusters of a map, by level, the largest first."""

    version: str
    levels: int
    outside: int
    """Pictures in none."""
    clusters: list[ClusterReply]


class ClustersInShort(TypedDict):
    count: int
    outside: int
    """Pictures in no cluster."""
    largest: list[ClusterInShort]


type Collapse = Literal["off", "bytes", "image", "alike"]
"""Which pictures are shown as one; each includes those above it."""


class CollectionReply(TypedDict):
    """A collection."""

    name: str
    title: str
    """What people read: its name where it has no title."""
    description: str
    model: str
    """The model that its pictures are embedded with, or will be."""
    count: NotRequired[int | None]
    """How many pictures it has; null if its index does not answer."""
    first: bool
    """Whether it is the one that is meant where none is named."""
    error: NotRequired[str | None]
    """Why its index does not answer."""


class Comparison(TypedDict):
    """A version beside the one in use, on words and pictures."""

    current: Side
    other: Side
    overlap: float
    """The share of the first ten results that both have, from 0 to 1, on average."""
    texts: int
    """How many words were searched for."""
    pictures: int
    """How many pictures were searched with."""
    most_different: list[Difference]
    """The queries with the most different results."""


class ConceptDifferenceReply(TypedDict):
    concept: str
    shares: list[float]
    """Which share of the first and the second side's pictures show it."""
    higher: float
    """How often a picture of this side comes closer to it than one of the other."""
    evidence: Literal["strong", "clear", "weak", "none", "few"]
    said: str


class ConceptPresence(TypedDict):
    """How many pictures a search for an everyday concept finds."""

    concept: str
    matched: int
    at_least: bool
    """Whether there may be more."""


class Concepts(TypedDict):
    """What a picture has in common with a search, the most important first."""

    concepts: list[Weighted]


class ContextReply(TypedDict):
    """Pictures on a numbered sheet, and a text about them for a prompt."""

    verdict: str
    """Whether anything matches, in a sentence."""
    no_match: bool
    """Whether nothing really matches, and these are only the nearest there are."""
    text: str
    """For a prompt: the verdict, then a line of data for each number."""
    sheet: str | None
    """The numbered pictures as one JPEG, in Base64; null if there are none."""
    pictures: list[NumberedPicture]


class DecisionBody(TypedDict):
    """What somebody says of a label of a picture."""

    content_hash: str
    label: str
    kind: NotRequired[Literal["given", "missing"]]
    """Whether the picture has the label, or looks as if it should."""
    verdict: Literal["right", "wrong", "replaced"] | None
    """`right`: it stays. `wrong`: it goes, or, where it is missing, comes. `replaced`: it should be
    another one. null forgets what was said.
    """
    replacement: NotRequired[str]


class DecisionReply(TypedDict):
    verdict: Literal["right", "wrong", "replaced"]
    replacement: str


class Difference(TypedDict):
    query: str
    overlap: float


class DoneReply(TypedDict):
    """The end, and what it cost."""

    kind: Literal["done"]
    cited: list[int]
    """Numbers of pictures that the answer cites."""
    requests: int
    images: int
    """How many were sent."""
    prompt_tokens: int | None
    """Of all requests, as the endpoint counts; null if it does not say."""
    completion_tokens: int | None
    seconds: float


class Duplicate(TypedDict):
    """A picture that is shown as one with another."""

    id: str
    collection: str
    """The one that it is in, where several are searched; else empty."""
    content_hash: str
    name: str
    path: str
    score: float | None


class DuplicateLevel(TypedDict):
    level: str
    title: str
    groups: int
    pictures: int
    gain: int
    """Bytes that all but one of each group take."""
    filter: str


class DuplicatesInShort(TypedDict):
    levels: list[DuplicateLevel]
    set_aside: int


class FacetValue(TypedDict):
    value: str
    count: int
    filter: str
    """The condition that finds these pictures."""


class FacetValues(TypedDict):
    distinct: int
    """How many values there are; of very many, 1,000."""
    values: list[FacetValue]
    """The most frequent first."""


type Family = Literal["starter", "clip", "perception_encoder"]


class FlagCount(TypedDict):
    key: str
    title: str
    count: int
    filter: str


class GatheredReply(TypedDict):
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


class GroupReply(TypedDict):
    """Pictures that are duplicates of each other."""

    key: str
    level: str
    keeper: str
    """The id of the one that is kept, or best kept."""
    reason: str
    """Why, in words."""
    reason_key: str | None
    size: int
    gain: int
    """Bytes that could be freed."""
    status: Literal["open", "decided"]
    count: int
    """Pictures in all: more than `members` if there are very many."""
    members: list[MemberReply]


class GroupsReply(TypedDict):
    """A page of groups, the most space to free first."""

    total: int
    offset: int
    gain: int
    """Bytes, of all groups of the list."""
    records: int
    """In all groups of the list."""
    groups: list[GroupReply]


class Guess(TypedDict):
    label: str
    probability: float


class HeatMap(TypedDict):
    columns: int
    rows: int
    values: list[float]
    """Row by row, from 0 (matches least) to 1 (matches most); all 0 if no part matches more than another."""


type How = Literal["diverse", "typical", "balanced", "random"]


class ImagePart(TypedDict):
    """A picture to search with: one in the index, or one uploaded to `/queries`."""

    image: str
    weight: NotRequired[float]
    region: NotRequired[list[float] | None]
    """Left, top, width and height of the part to search with, each a share of the picture from 0 to 1."""


class ImageReply(TypedDict):
    """A JPEG that was sent."""

    width: int
    height: int
    size: int
    """In bytes."""


type IndexHealth = Literal["green", "yellow", "red", "unreachable"]


class IndexModel(TypedDict):
    """The model that made an index."""

    model_id: str
    title: str
    dims: int
    preprocessing: int


class IndexStatus(TypedDict):
    """How the index of a collection is doing. What the engine does not say is null."""

    engine: str
    index: str
    location: str
    """The folder or server."""
    health: IndexHealth
    """`yellow`: something should be done. `red`: some pictures are not found."""
    message: str
    remedy: str
    count: int | None
    """How many pictures are indexed."""
    disk: int | None
    """Bytes, with copies on other nodes."""
    memory: int | None
    """Bytes that searches keep in memory, or should find there."""
    pieces: int | None
    """Segments (Elasticsearch) or fragments (LanceDB)."""
    unindexed: int | None
    """Pictures that are not in the vector index."""
    shards: int | None
    replicas: int | None
    nodes: int | None
    free: int | None
    """Bytes left on the fullest disk."""
    model: IndexModel | None
    wanted_model: str
    """That the settings ask for."""
    embedding_servers: list[str]
    """Which embed pictures and words; none where this machine does."""
    versions: list[Version]
    last_ingest: LastIngest | None
    latency: RecentSearches


class Item(TypedDict):
    """A picture. The score is a cosine similarity from -1 to 1; null if nothing was searched for."""

    id: str
    collection: str
    content_hash: str
    name: str
    path: str
    score: float | None
    folder: str
    strength: float | None
    """How far it stands out from chance, from 0 to 1; null, like `band`, if it is not judged."""
    band: Literal["strong", "likely", "weak", "none"] | None
    matches: bool | None
    """Whether its band is any but `none`; null if it is not judged yet. If nothing was searched for, all
    match.
    """
    by_name: bool
    """Whether it is `likely` only by its file name: the starter model does not see it in the picture."""
    count: int
    """How many pictures are shown as one, this one included."""
    others: list[Duplicate]
    width: int
    """In pixels, upright, as is `height`."""
    height: int
    format: str
    size: int
    """In bytes."""
    taken_at: str | None
    """By the camera's clock, without a time zone: `2024-05-17T09:30:00`."""
    camera: str
    lens: str
    gps: list[float] | None
    """Latitude and longitude in degrees."""
    frames: int
    labels: list[str]
    tags: list[str]
    splits: list[str]
    """The parts of its dataset that it is in: `train`, `val`, `test`."""
    quality: list[str]
    """What is wrong with it: `blurred`. Likewise the next, what analyses found out."""
    clusters: list[str]
    classes: list[str]
    duplicates: list[str]
    colours: list[list[str | float]]
    """The dominant colours as `#rrggbb`, each with its share of the area."""
    boxes: int
    """How many labelled boxes it has."""


class Job(TypedDict):
    """What goes on in the background, or did."""

    id: int
    kind: str
    """`ingest`, `rebuild`, `analysis`, or `reembed` of earlier versions."""
    analysis: str | None
    """Which analysis it carries out; null of other kinds."""
    title: str
    status: str
    """`planning`, `planned` (it waits to be started), `waiting`, `running`, `paused`, `interrupted`,
    `done`, `cancelled`, or `failed`.
    """
    phase: str
    told: str
    """What it is doing, in one line."""
    total: int
    """How many files or pictures it is about."""
    done: int
    counts: dict[str, int]
    """How many of them came to what: `added`, `unchanged`, `failed` and others."""
    seconds_left: float | None
    """Null if it is not known."""
    error: str | None
    """What stopped it, or made it pause."""
    remedy: str | None
    note: str
    started_by: str
    created_at: float
    """In seconds since the epoch."""
    ended_at: float | None
    """In seconds since the epoch; null until it has ended."""


class Kept(TypedDict):
    """How many decisions were kept."""

    kept: int


type Kind = Literal["label", "cluster", "class", "tag", "split"]


class LabelHealth(TypedDict):
    """The check of the labels in short."""

    work: Work
    made: float | None
    """When it was made, in seconds since the epoch; null: never."""
    pictures: int
    labelled: int
    """How many of them have labels."""
    labels: int
    splits: dict[str, int]
    suspicious: int
    """Labels that are likely to be wrong."""
    missing: int
    unlabelled: int
    """Pictures without labels that look like one."""
    leaks: dict[str, int]
    """Pairs across splits, by level; empty if there was no search for duplicates."""
    decisions: int
    behind: int
    """Pictures that came since."""


class LabelledBox(TypedDict):
    """A labelled part of a picture, in shares of its width and height from 0 to 1."""

    label: str
    colour: str
    """As `#rrggbb`, the same for a label in all pictures."""
    left: float
    top: float
    width: float
    height: float


class LastIngest(TypedDict):
    """The job that indexed pictures last, and has ended."""

    job: int
    title: str
    status: str
    ended_at: float | None


class LeakReply(TypedDict):
    """A picture that is in two splits."""

    level: Level
    words: str
    cosine: float
    one: Shown
    other: Shown


class Leaks(TypedDict):
    """Pictures that are in two splits, the most alike first."""

    known: bool
    """Whether there was a search for duplicates; if not, only what is listed in both is known."""
    levels: dict[str, int]
    total: int
    pairs: list[LeakReply]


type Level = Literal["listed", "bytes", "picture", "alike"]


class LevelCounts(TypedDict):
    """Of one level."""

    groups: int
    """About which nothing was decided."""
    records: int
    gain: int
    """Bytes that could be freed."""
    decided: int
    """Further groups."""


class ListReply(TypedDict):
    """A class list."""

    id: int
    name: str
    exclusive: bool
    applied: bool
    tags: bool
    classes: list[ClassReply]


class Lists(TypedDict):
    """The class lists."""

    work: Work
    lists: list[ListReply]
    labels: list[str]
    """The labels that pictures have, and in `clusters` the names of their clusters: to make lists of."""
    clusters: list[str]


class LookedReply(TypedDict):
    """The model called a tool, or the question was searched for as it is."""

    kind: Literal["looked"]
    tool: str
    asked: dict[str, Any]
    """What of the tool."""
    verdict: str
    """What came of it, in a sentence."""
    no_match: bool
    """Whether nothing really matches."""
    pictures: list[NumberedPicture]
    """What it found, for the first time or again."""


class MapClusterCover(TypedDict):
    """A typical picture of a cluster."""

    id: str
    content_hash: str
    name: str
    point: int


class MapInfo(TypedDict):
    """A map, as far as it is one number or word."""

    version: str
    """Point numbers mean something within one version only."""
    layout: str
    """Another one where all was laid out anew; within one, nobody has moved."""
    points: int
    clusters: int
    bounds: list[float]
    """Left, low, right, high."""
    made: str
    """When, ISO 8601 in UTC."""
    behind: int
    """Pictures that were added or removed since."""
    trustworthiness: float | None
    """From 0 to 1: how little stands together that is not alike. Null for very few pictures."""
    kept: float | None
    """Of the 15 nearest pictures so many are among the 15 nearest points."""
    method: str


class MapJob(TypedDict):
    """The work on the map."""

    id: int
    status: str
    phase: str
    done: int
    total: int
    said: str
    """In one line."""


class MapPicture(TypedDict):
    """The picture of a point."""

    point: int
    id: str
    content_hash: str
    name: str
    folder: str
    labels: list[str]
    tags: list[str]
    width: int
    height: int


class MapPictures(TypedDict):
    """The pictures of points, without those that were removed meanwhile."""

    version: str
    pictures: list[MapPicture]


class MapPoints(TypedDict):
    """The points of records, null where there is none."""

    version: str
    points: list[int | None]


class MapStatus(TypedDict):
    """How the map is doing."""

    state: State
    """Of the work on it; `ready`: none goes on, and there is a map."""
    map: MapInfo | None
    """The newest there is, while another is made too."""
    job: MapJob | None
    """The latest job, while it has not ended, or if it failed."""
    colours: list[str]
    """What the points can be coloured by."""
    urls: dict[str, str]


class MatchReply(TypedDict):
    """What the collection has of a file."""

    id: str
    path: str
    name: str
    content_hash: str
    width: int
    height: int
    size: int
    format: str


class Me(TypedDict):
    """Who asks, as far as is known, and what they may do."""

    name: str
    """As it stands beside what they do: an e-mail, a token, a browser."""
    role: str
    """`viewer`, `editor` or `admin`."""


class MemberReply(TypedDict):
    """A picture of a group."""

    id: str
    path: str
    name: str
    folder: str
    content_hash: str
    width: int
    height: int
    size: int
    format: str
    taken_at: str | None
    mtime_ns: int
    labels: list[str]
    tags: list[str]
    boxes: int
    level: str
    """By what it is joined with the keeper."""
    cosine: float
    how: str
    """What it is beside the keeper, in words."""
    decision: Literal["kept", "set-aside"] | None
    quality: float
    """How little it is compressed, from 0 to 1."""


class Milliseconds(TypedDict):
    """How long the steps of the search took."""

    embedding: float
    index: float
    ranking: float


type MinMatch = Literal["auto", "strong", "likely", "weak", "all"]
"""Down to which band hits count as matches: what is below is in the band `none`."""

type Mode = Literal["new", "add", "remove", "only"]


class ModelOffer(TypedDict):
    """A model that embeds pictures and words, and what it takes to have it."""

    id: str
    """As in the setting IMAGE_SEARCH_MODEL."""
    title: str
    family: Family
    dims: int
    """How many numbers an embedding has."""
    side: int
    """Of the square that it looks at, in pixels."""
    tokens: int
    """How many tokens of a text it reads."""
    parameters_millions: float
    size_bytes: int
    """Of its weights, about."""
    gflops: float
    """Billions of operations for a picture."""
    text_gflops: float
    """Billions of operations for a text."""
    relative_cost: float
    """Of a picture, beside `clip/ViT-B-16`."""
    source: str
    """Where these numbers are from."""
    images_per_second: float | None
    """Measured on this machine; null if it has not run here."""
    status: Literal["present", "obtainable", "unavailable"]
    """Whether its weights are on this machine, or can be downloaded."""
    message: str
    remedy: str
    in_use: bool
    """Whether it made the index."""
    wanted: bool
    """Whether the settings ask for it."""


type NamedBy = Literal["label", "concepts", "folder", "number", "person"]


class NoteReply(TypedDict):
    """Something that whoever reads the answer should know."""

    kind: Literal["note"]
    text: str


class NumberedPicture(TypedDict):
    """A picture of the sheet."""

    number: int
    id: str
    score: float | None
    band: str | None


type Order = Literal["best", "doubtful", "sample"]


class OverlapReply(TypedDict):
    same: int
    """Files with the same bytes on both sides."""
    alike: list[float]
    """Which share of either side's pictures has a look-alike on the other side."""
    said: str


class Overview(TypedDict):
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


class OverviewClusterCover(TypedDict):
    content_hash: str


class PartLatency(TypedDict):
    """How long a part of recent searches took, in milliseconds."""

    p50_ms: float
    p95_ms: float
    p99_ms: float


class PickReply(TypedDict):
    """The pictures that were picked."""

    ids: list[str]
    """Of all of them, in the order in which they were picked: for `/tags` and `/exports`."""
    pictures: list[PickedPicture]
    """The first of them."""
    counts: dict[str, int]
    """How many were picked for each label or cluster, if they were balanced."""
    pool: int
    """How many were picked from: of equal bytes only one."""
    of: int
    """How many there are."""
    farthest: float
    """How far the picture that is least like any that was picked is from them: 1 − cosine."""
    mean: float
    """How far all are in the mean."""
    said: str
    notes: list[str]


class PickedPicture(TypedDict):
    id: str
    content_hash: str
    name: str
    path: str
    width: int
    """In pixels, upright, as is `height`."""
    height: int
    labels: list[str]
    tags: list[str]
    splits: list[str]
    kind: str
    """What it was picked for, if they were balanced; else empty."""


class Picture(TypedDict):
    """A picture, with its boxes."""

    id: str
    collection: str
    content_hash: str
    name: str
    path: str
    score: float | None
    folder: str
    strength: float | None
    band: Literal["strong", "likely", "weak", "none"] | None
    matches: bool | None
    by_name: bool
    count: int
    others: list[Duplicate]
    width: int
    height: int
    format: str
    size: int
    taken_at: str | None
    camera: str
    lens: str
    gps: list[float] | None
    frames: int
    labels: list[str]
    tags: list[str]
    splits: list[str]
    quality: list[str]
    clusters: list[str]
    classes: list[str]
    duplicates: list[str]
    colours: list[list[str | float]]
    boxes: int
    labelled_boxes: list[LabelledBox]
    """The largest first, 200 at most; `boxes` is how many there are."""


class PictureOfBefore(TypedDict):
    """A number that a picture has from questions before."""

    number: int
    id: str


class Pictures(TypedDict):
    """What is known of pictures."""

    pictures: list[Picture]


class PlaceDot(TypedDict):
    """Pictures that were taken near one another."""

    cell: str
    latitude: float
    longitude: float
    count: int


class PlacesReply(TypedDict):
    located: int
    """Pictures of which it is known where they were taken."""
    dots: list[PlaceDot]


class PrecisionReply(TypedDict):
    """How many of those looked at are right; between `low` and `high` the share of all lies, by 95 %."""

    right: int
    looked_at: int
    low: float
    high: float
    words: str


class Prepared(TypedDict):
    """Where to download the export, for ten minutes."""

    url: str
    count: int
    """How many pictures are in it."""


class Progress(TypedDict):
    """How many parts of the picture have been compared."""

    done: int
    of: int


class Quality(TypedDict):
    """What is known of the quality of the pictures."""

    pictures: int
    checked: int
    """How many of them were looked at."""
    flagged: int | None
    """How many have any flag; null if nothing was checked yet."""
    flags: list[QualityFlag]


class QualityExample(TypedDict):
    """One of the worst pictures by a measure."""

    id: str
    content_hash: str
    name: str
    path: str
    width: int
    height: int
    value: float
    """What was measured."""
    said: str
    """The same, in words."""
    flagged: bool
    """Whether it is beyond the threshold."""


class QualityFlag(TypedDict):
    """One thing that can be wrong with a picture."""

    key: str
    title: str
    about: str
    """When a picture has the flag, in a sentence."""
    threshold: float
    above: bool
    """Whether what is above the threshold has the flag; else what is below."""
    count: int
    """How many pictures have the flag."""
    filter: str
    """The condition that finds them: `quality:blurred`."""
    worst: list[QualityExample]
    """The worst first. Of copies there is one."""


class QualityInShort(TypedDict):
    checked: int
    flagged: int
    filter: str
    flags: list[FlagCount]


class Readiness(TypedDict):
    """Whether searches can be answered."""

    status: Literal["ready", "not ready"]
    checks: dict[str, str]
    """What the app needs, by name (`model`, `index`, `journal`, `disk`, or `settings` alone): `ready`, or
    what is wrong.
    """


class Recall(TypedDict):
    """How many of the true nearest searches find, with the effort in use and with others."""

    engine: str
    index: str
    k: int
    queries: dict[str, int]
    """How many queries of each kind: `words`, `pictures`, `words and pictures`, `vectors`."""
    searched: int
    """How many pictures meet the conditions."""
    target: float
    """The recall that `cheapest` reaches."""
    breadth_of: Literal["candidates", "partitions"]
    exact_ms: float
    """How long it takes to compare each picture with a query."""
    rows: list[RecallRow]
    """The least effort first; empty if no pictures meet the conditions."""
    used: RecallRow | None
    """How searches are done."""
    cheapest: RecallRow | None
    """The least effort that reaches the target; null if none does, or if there is no vector index."""
    verdict: str
    """What follows from it, in words."""
    notes: list[str]


class RecallRow(TypedDict):
    """How good searches are with one effort."""

    breadth: int | None
    """How much is looked at: candidates of each segment (Elasticsearch), partitions (LanceDB). null: each
    picture.
    """
    oversampling: float | None
    """Of so many times as many as are asked for, the vectors themselves are compared."""
    parameters: dict[str, float]
    """Both numbers, by the names that the engine has for them."""
    used: bool
    """Whether searches are done so."""
    recall: float
    """The share of the true nearest that are found, in the mean of all queries."""
    lowest: float
    """Of the query that finds the fewest."""
    lost: int
    """How many queries find none of them."""
    kinds: dict[str, float]
    """The recall of each kind of query."""
    p50_ms: float
    """The median time of a search in the index, in milliseconds."""
    p95_ms: float


class Received(TypedDict):
    """An uploaded file: its content hash, and its name, safe to display."""

    id: str
    name: str


class RecentSearches(TypedDict):
    """Of this process, and of none before it."""

    searches: int
    remembered: int
    """How many of them were answered from memory."""
    since: float | None
    """When the first of them was, in seconds since the epoch."""
    parts: dict[str, PartLatency]
    """`whole`, `embedding`, `index` and `ranking`, as far as there were any."""


class Rect(TypedDict):
    """A labelled part of a picture, in shares of its width and height."""

    label: str
    left: float
    top: float
    width: float
    height: float


class Removed(TypedDict):
    """How many pictures were removed."""

    removed: int


class ResponsesHealth(TypedDict):
    """The state of the server: `degraded` if something is wrong with it."""

    status: Literal["ok", "degraded"]
    error: NotRequired[str | None]
    """Only if degraded, and then with no more than `model`."""
    model: NotRequired[str | None]
    """Whether the model is loading, ready, failed, or stopped and being started again."""
    engine: NotRequired[str | None]
    index: NotRequired[str | None]
    model_id: NotRequired[str | None]
    dims: NotRequired[int | None]
    """How many numbers an embedding has."""
    count: NotRequired[int | None]
    """How many pictures are indexed."""


class Saved(TypedDict):
    """A saved search."""

    id: int
    name: str
    query_string: str
    """The parameters of the page's URL."""


class ScoredReply(TypedDict):
    """A picture, and how well a class fits it."""

    id: str
    content_hash: str
    name: str
    path: str
    width: int
    """In pixels, upright, as is `height`."""
    height: int
    labels: list[str]
    tags: list[str]
    splits: list[str]
    score: float
    """Its strength: in deviations above what chance brings."""
    right: bool | None
    """What people have said; null: nothing."""


class SearchAnswer(TypedDict):
    """A page of results."""

    results: list[Item]
    offset: int
    """How many results come before this page."""
    judged: bool
    """Whether the results are judged. For some seconds after a start they are not: what scores mean is
    still being learned.
    """
    matched: int | None
    """How many match, on all pages: the strong, likely and weak ones; null if they are not judged yet."""
    at_least: bool
    """Whether there may be more matches than that."""
    bands: dict[str, int]
    """How many of each band, on all pages; empty if they are not judged yet."""
    no_match: bool
    """Whether nothing really matches."""
    of_kind: bool
    """Whether the collection is about one subject, and the search is for something of it: all that is
    known of `weak` matches is that they are of this kind.
    """
    searched: int
    """How many pictures were searched: all that meet the conditions."""
    collapsed: int
    """How many are in the stack of another picture."""
    has_more: bool
    """Whether there are further pages within `k`."""
    total: int
    """How many results a `k` of `all` would give; pictures shown as one count once, as far as is known."""
    facets: dict[str, dict[str, int]]
    """How many matches have each value, the most frequent first; each facet as if nothing were chosen in
    it.
    """
    facets_estimated: bool
    """Whether these are estimates, to two digits: of millions of pictures some are counted."""
    duplicate_threshold: float
    """The cosine similarity from which pictures counted as look-alikes."""
    milliseconds: Milliseconds
    read_text: str | None
    """What the model read of the words, if they were too long."""
    notes: list[str]
    """Remarks in whole sentences: on values that no picture has, on words that may not do what they seem
    to.
    """
    location: str | None
    """If the whole text is the path or URL of a picture that may be read, that path or URL. It was
    searched for as words; `POST /api/v1/queries/located` takes the picture itself.
    """


class SelectionReply(TypedDict):
    """Pictures that somebody has chosen. They never change."""

    id: str
    name: str
    """Empty if it is kept for a while only."""
    count: int
    filter: str
    """The condition that finds them."""
    made_by: str
    created: str
    kept: bool


class SentReply(TypedDict):
    """A message that goes to the model, word for word. Every later request of the question has it again."""

    kind: Literal["sent"]
    role: str
    text: str
    images: list[ImageReply]


class Shown(TypedDict):
    """A picture."""

    id: str
    content_hash: str
    name: str
    path: str
    width: int
    """In pixels, upright, as is `height`."""
    height: int
    labels: list[str]
    tags: list[str]
    splits: list[str]


class ShownPicture(TypedDict):
    id: str
    content_hash: str
    name: str
    path: str
    said: str
    """Why it is shown."""
    search: str
    """Words that find it among others; may be empty."""


class Side(TypedDict):
    """How a version answered."""

    version: int
    model_id: str
    count: int
    p50_ms: float
    """The median time of a search in milliseconds, without embedding its words."""
    p95_ms: float
    """The time that 95% of the searches stay below."""


class SideReply(TypedDict):
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


class SidesCompared(TypedDict):
    """Two sides compared."""

    made: str
    verdict: VerdictReply
    overlap: OverlapReply
    has_concepts: bool
    """Whether the model was there to tell concepts."""
    values: list[ValueDifferenceReply]
    """Labels, years, cameras and other values that one side has more of."""
    sides: list[SideReply]


class SizeBin(TypedDict):
    words: str
    count: int


type Sort = Literal["best", "newest", "oldest", "largest", "smallest", "name"]


class Started(TypedDict):
    """The job that does it in the background."""

    job: int


type State = Literal["none", "queued", "running", "paused", "failed", "ready"]


class SummaryReply(TypedDict):
    """How it stands with the duplicates of a collection."""

    state: Literal["never", "running", "ready", "stale"]
    """`stale`: pictures were added or removed since the scan."""
    job: int | None
    scanned_at: float | None
    records: int
    levels: dict[str, LevelCounts]
    """`same-bytes`, `same-picture` and, at the suggested threshold, `look-alike`."""
    threshold: float
    """The cosine from which pictures look alike that suits the model."""
    floor: float
    """The lowest that can be asked for without another scan."""
    set_aside: int
    kept: int
    freed: int
    """Bytes of what was set aside."""
    unverified: int
    """Pictures without a thumbnail: only hashes speak for them."""
    last_action: ActionReply | None


class SuspectReply(TypedDict):
    """A label of a picture that others contradict."""

    picture: Shown
    label: str
    quality: float
    """How likely it is right, from 0 to 1."""
    looks_like: list[Guess]
    neighbours: list[Shown]
    boxes: list[Rect]
    """Those with the label."""
    decision: DecisionReply | None


class SuspectsReply(TypedDict):
    """Labels that may be wrong, or missing: the most suspicious first."""

    total: int
    issues: int
    """So many, from the first, are likely to be."""
    reviewed: int
    rows: list[SuspectReply]


class TextReply(TypedDict):
    """The answer goes on."""

    kind: Literal["text"]
    text: str


class TimelineBar(TypedDict):
    label: str
    start: str
    """The first day."""
    count: int
    filter: str


class TimelineReply(TypedDict):
    """When the pictures were taken."""

    unit: Literal["day", "month", "quarter", "year", "decade"]
    bars: list[TimelineBar]
    undated: int
    undated_filter: str


class TroubleReply(TypedDict):
    """The model does not answer, or not to the end. The pictures that were found are there all the same."""

    kind: Literal["trouble"]
    error: str
    remedy: str


class UnlabelledReply(TypedDict):
    """Pictures without labels that look like one, the likeliest first."""

    total: int
    rows: list[UnlabelledRow]


class UnlabelledRow(TypedDict):
    picture: Shown
    label: str
    probability: float


class UnlikePicture(TypedDict):
    """A picture that the other side has nothing like."""

    id: str
    content_hash: str
    name: str
    path: str
    nearest: float
    """The cosine of what is nearest on the other side."""
    said: str


class ValueDifferenceReply(TypedDict):
    facet: str
    value: str
    filter: str
    counts: list[int]
    """Of the first and the second side, as are the shares."""
    shares: list[float]
    evidence: Literal["strong", "clear", "weak", "none", "few"]
    said: str


class VerdictReply(TypedDict):
    """Whether two sides differ at all."""

    evidence: Literal["strong", "clear", "weak", "none", "few"]
    said: str
    """What comes out, in words."""
    chance: float | None
    """How likely as much is where there is no difference; null if there are too few pictures."""
    told_apart: float | None
    """How often a classifier says rightly which side a picture is of: 0.5 is a guess."""


class Version(TypedDict):
    """A version of the index."""

    number: int
    name: str
    state: Literal["current", "building", "ready", "retired"]
    """`current`: searches use it. `ready`: it is complete and was never in use. `retired`: it was in use
    before.
    """
    model_id: str
    dims: int
    preprocessing: int
    count: int
    """How many pictures are in it."""
    size: int
    """Bytes on disk."""
    made_at: float | None
    """When it was made, in seconds since the epoch; null if it is not known."""
    retired_at: float | None
    """When it was last in use, in seconds since the epoch; null if it never was, or is."""


class Weighted(TypedDict):
    concept: str
    weight: float
    """From 0 to 1, which is the concept that search and picture have most in common."""


class Work(TypedDict):
    """How far the work in the background is."""

    state: Literal["none", "queued", "running", "paused", "failed", "ready"]
    """`none`: it was never begun. `ready`: nothing goes on."""
    job: int | None
    said: str
    """The same in words."""
    share: float | None
    """How much is done, from 0 to 1; null if that is not known."""
