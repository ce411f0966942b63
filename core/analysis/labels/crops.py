"""Looking at what is in boxes: cut out of their pictures, embedded, and kept by content."""

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import batched

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.analysis.classes.scoring import Scoring
from core.analysis.kept import Kept
from core.analysis.labels.evidence.labelled import Labelled
from core.analysis.labels.evidence.parts import Parts
from core.errors import ImageSearchError
from core.images.describe import Box
from core.images.reading.budget import BUDGET
from core.images.reading.reader import open_upright
from core.index.index import Index
from core.index.records import ImageRecord
from core.ingest.journal.progress import Throttle

MAX_LOOKED_AT = 6_000
"""Boxes; of more, those whose labels are most suspicious, and some by chance."""

_BY_CHANCE = 1 / 3  # of these
_WHOLE = 0.9  # of the picture: it is what the picture's own embedding is of
_AROUND = 1.2  # times the longer side of the box makes the side of the square that is cut out
_LEAST = 24  # pixels of that
_ENOUGH = 672  # pixels of the shorter side of what is cut out: from more, a model's input is the same but for rounding
_MOST = 4_096  # of the shorter side of a picture that is opened for it
_ROUND = 16  # pictures
_THREADS = 2
_SAVE_SECONDS = 20.0

type Rows = dict[bytes, NDArray[np.float16]]

_log = logging.getLogger(__name__)


class Crops:
    """
    Args:
        read: The bytes of a file of a record.
    """

    def __init__(self, index: Index, read: Callable[[str], bytes]) -> None:
        self._index, self._read = index, read

    def parts(self, kept: Kept, of: Labelled, quality: NDArray[np.float32], scorer: Scoring) -> Iterator[int | Parts]:
        """Yields how many boxes more were looked at, at last what they show; those whose file cannot be had are left
        out.

        Args:
            quality: How likely each label is right without it, shape `(n, k)`.
        """
        pictures, labels = _chosen(of, quality)
        known = _read_kept(kept, scorer)
        found: dict[tuple[int, int], NDArray[np.float16]] = {}
        saves = Throttle(_SAVE_SECONDS)
        saves()  # not at once
        try:
            with ThreadPoolExecutor(_THREADS, "crops") as pool:
                for some in batched(range(len(pictures)), _ROUND):
                    pairs = [(int(pictures[at]), int(labels[at])) for at in some]
                    found |= dict(self._looked(of, pairs, known, scorer, pool))
                    if saves():
                        _write_kept(kept, scorer, known)
                    yield len(some)
        finally:
            _write_kept(kept, scorer, known)
        yield _as_parts(of, found)

    def _looked(
        self,
        of: Labelled,
        pairs: Sequence[tuple[int, int]],
        known: Rows,
        scorer: Scoring,
        pool: ThreadPoolExecutor,
    ) -> Iterator[tuple[tuple[int, int], NDArray[np.float16]]]:
        records = {record.id: record for record in self._index.get([of.ids[picture] for picture, _ in pairs])}
        boxes = {
            pair: (records[of.ids[pair[0]]], box)
            for pair in pairs
            if of.ids[pair[0]] in records and (box := _largest(records[of.ids[pair[0]]], of.names[pair[1]]))
        }
        keys = {pair: _key(*boxes[pair]) for pair in boxes}
        unseen = [pair for pair in boxes if keys[pair] not in known]
        images = pool.map(lambda pair: self._cut(*boxes[pair]), unseen)
        cut = [(pair, image) for pair, image in zip(unseen, images, strict=True) if image]
        if cut:
            rows = scorer.seen([image for _, image in cut]).astype(np.float16)
            known.update(zip((keys[pair] for pair, _ in cut), rows, strict=True))
        yield from ((pair, known[keys[pair]]) for pair in boxes if keys[pair] in known)

    def _cut(self, record: ImageRecord, box: Box) -> Image.Image | None:
        try:
            with BUDGET.hold(record.size):
                share = max(0.02, max(box.width, box.height))
                enough = min(_MOST, round(_ENOUGH / share))
                image = open_upright(self._read(record.path), record.name, enough=enough).image
                return image.crop(around(box, image.size))
        except (ImageSearchError, OSError, ValueError) as error:
            _log.info("Not looked at: %s", error)
            return None


def around(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The square around a box, as far as it is in the picture: left, top, right and bottom in pixels."""
    width, height = size
    half = max(box.width * width * _AROUND, box.height * height * _AROUND, _LEAST) / 2
    x, y = (box.left + box.width / 2) * width, (box.top + box.height / 2) * height
    left, top = max(0, int(x - half)), max(0, int(y - half))
    return min(left, width - 1), min(top, height - 1), min(width, int(x + half) + 1), min(height, int(y + half) + 1)


def _chosen(of: Labelled, quality: NDArray[np.float32], seed: int = 0) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    pictures, labels = np.nonzero(of.given)
    if len(pictures) > MAX_LOOKED_AT:
        order = np.argsort(quality[pictures, labels], kind="stable")
        worst = order[: round((1 - _BY_CHANCE) * MAX_LOOKED_AT)]
        others = np.random.default_rng(seed).choice(order[len(worst) :], MAX_LOOKED_AT - len(worst), replace=False)
        taken = np.sort(np.concatenate([worst, others]))
        pictures, labels = pictures[taken], labels[taken]
    return pictures, labels


def _largest(record: ImageRecord, label: str) -> Box | None:
    """The largest box with a label; None where it is all of the picture, or there is none any more."""
    own = [box for box in record.boxes if box.label == label]
    largest = max(own, key=lambda box: box.width * box.height, default=None)
    return largest if largest and largest.width * largest.height < _WHOLE else None


def _key(record: ImageRecord, box: Box) -> bytes:
    """Of what is in a box, whatever it is called."""
    return hashlib.sha256(f"{record.content_hash} {box[1:]}".encode()).digest()[:16]


def _as_parts(of: Labelled, found: dict[tuple[int, int], NDArray[np.float16]]) -> Parts:
    pictures, labels = (np.array([pair[at] for pair in found], np.intp) for at in (0, 1))
    rows = np.array(list(found.values()), np.float32).reshape(len(found), of.rows.shape[1])
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return Parts(pictures, labels, [of.digests[at] for at in pictures], np.asarray(unit, np.float32))


def _read_kept(kept: Kept, scorer: Scoring) -> Rows:
    found = kept.load("crops")
    if found is None or str(found["model"]) != scorer.model:
        return {}
    return {key.tobytes(): row for key, row in zip(found["keys"], found["rows"], strict=True)}


def _write_kept(kept: Kept, scorer: Scoring, known: Rows) -> None:
    if known:
        keys = np.frombuffer(b"".join(known), np.uint8).reshape(len(known), -1)
        kept.save("crops", {"keys": keys, "rows": np.array(list(known.values())), "model": np.array(scorer.model)})
