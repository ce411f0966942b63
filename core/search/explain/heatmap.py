"""Where in a picture it matches a query: parts of it are embedded, and each place takes after the parts around it."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import batched

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.cache import LRUCache
from core.embedding.embedder import Embedder
from core.images.reading.reader import open_upright
from core.index.records import ImageRecord
from core.search.query import Region
from core.vectors import Embedding, Embeddings

_BUDGETS = (12, 28)  # parts of each of two sizes, at most: 15 seconds of CLIP on two cores
_BATCH = 8  # parts embedded at once, and told of
_KEPT = 512  # batches
_CELLS = 24  # of the map's longer side
_FAR = 1e-6  # what a part weighs at its edge; further away still less: places of very long pictures are in no part
_FLAT = 1e-3  # cosines that differ by less are the same


@dataclass(frozen=True, slots=True)
class HeatmapProgress:
    """How far it is."""

    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Heat:
    """A map of a picture."""

    columns: int
    rows: int
    values: tuple[float, ...]
    """Row by row, from 0, where it matches least, to 1; all 0 where no place matches more than another."""


class HeatmapBuilder:
    """Safe to share between threads. The embeddings of parts are kept: another query about a picture costs nothing.

    Args:
        read: Gives the bytes of a record's file.
    """

    def __init__(self, read: Callable[[ImageRecord], bytes]) -> None:
        self._read = read
        self._batches: LRUCache[Embeddings] = LRUCache(_KEPT, "heatmaps")

    def build(self, record: ImageRecord, query: Embedding, embedder: Embedder) -> Iterator[HeatmapProgress | Heat]:
        """How far it is after each batch of parts, at last the map.

        Raises:
            UnreadableImage: the picture is gone or cannot be opened.
            ModelUnavailable: the model does not answer.
        """
        regions = parts(record.width, record.height)
        smallest = min(region.width * record.width for region in regions)
        # The smallest part is to be as sharp as a whole picture would be.
        enough = math.ceil(min(record.width, record.height) * embedder.crop[0] / smallest)

        @cache
        def picture() -> Image.Image:
            return open_upright(self._read(record), record.name, enough).image

        rows: list[Embeddings] = []
        yield HeatmapProgress(0, len(regions))
        for batch in batched(regions, _BATCH):
            key = embedder.model_id, record.content_hash, batch
            rows.append(self._batches.get(key, partial(_embedded, embedder, picture, batch)))
            yield HeatmapProgress(sum(map(len, rows)), len(regions))
        yield heat(record.width, record.height, regions, np.concatenate(rows) @ query)


def parts(width: int, height: int) -> list[Region]:
    """Squares of two sizes that cover a picture, each half over its neighbours as far as there are enough of them.

    Args:
        width, height: Pixels of the picture, at least 1.
    """
    return [region for budget in _BUDGETS for region in _squares(width, height, budget)]


def heat(width: int, height: int, regions: Sequence[Region], cosines: NDArray[np.floating]) -> Heat:
    """The map: each place has the mean of the parts around it, weighted by how near their middle is.

    Args:
        width, height: Of the picture; only their ratio counts.
        regions: n parts.
        cosines: Of the parts and the query, shape `(n,)`.
    """
    longer = max(width, height)
    columns, rows = (max(1, round(_CELLS * side / longer)) for side in (width, height))
    across = _nearness(columns, [(region.left, region.width) for region in regions])
    down = _nearness(rows, [(region.top, region.height) for region in regions])
    weights = np.einsum("nr,nc->nrc", down, across)
    values = np.tensordot(cosines, weights, axes=1) / weights.sum(axis=0)
    span = values.max() - values.min()
    scaled = (values - values.min()) / span if span > _FLAT else np.zeros_like(values)
    return Heat(columns, rows, tuple(scaled.ravel().tolist()))


def _squares(width: int, height: int, budget: int) -> Iterator[Region]:
    """As small as the budget lets them be; at the largest they fill the shorter side."""
    shorter, longer = sorted((width, height))
    narrow, wide = 1, budget  # of a very long picture: further apart than half a square
    for count in range(1, budget + 1):
        along = max(1, math.ceil((count + 1) * longer / shorter - 1 - 1e-9))
        if count * along > budget:
            break
        narrow, wide = count, along
    side = 2 * shorter / (narrow + 1)
    columns, rows = (wide, narrow) if width >= height else (narrow, wide)
    for top in _starts(height, side, rows):
        for left in _starts(width, side, columns):
            yield Region(left / width, top / height, side / width, side / height)


def _starts(length: int, side: float, count: int) -> list[float]:
    if count == 1:
        return [(length - side) / 2]
    return [place * (length - side) / (count - 1) for place in range(count)]


def _embedded(embedder: Embedder, picture: Callable[[], Image.Image], regions: Sequence[Region]) -> Embeddings:
    return embedder.embed_images(_cut(picture(), regions))


def _cut(image: Image.Image, regions: Sequence[Region]) -> list[Image.Image]:
    width, height = image.size
    corners = [
        (left * width, top * height, (left + across) * width, (top + down) * height)
        for left, top, across, down in regions
    ]
    return [image.crop((math.floor(x), math.floor(y), math.ceil(x2), math.ceil(y2))) for x, y, x2, y2 in corners]


def _nearness(cells: int, spans: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """The nearness of cells' middles to those of spans along one axis, 1 at the middle: shape `(spans, cells)`."""
    middles = (np.arange(cells) + 0.5) / cells
    starts, lengths = np.array(spans).T[..., np.newaxis]
    distances = np.abs(middles - starts - lengths / 2) / (lengths / 2)
    return np.asarray(np.maximum(1.0 - distances, _FAR / (1.0 + distances) ** 4))
