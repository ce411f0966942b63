"""A picture that is not in the collection, compared with what is."""

from core.analysis.check.known import Known
from core.analysis.check.model import Answer, Checked
from core.analysis.check.reading import Read
from core.analysis.duplicates.duplicates import Duplicates
from core.analysis.duplicates.groups.words import how
from core.analysis.duplicates.pictures.features import NONE, open_grey, patches
from core.analysis.duplicates.pictures.hashes import hashes_of
from core.analysis.duplicates.pictures.looking import Hint, Looking
from core.analysis.duplicates.pictures.matrices import Matrix
from core.analysis.duplicates.pictures.signatures import Signatures
from core.images.thumbnails import Thumbnails
from core.index.index import Index
from core.index.records import Hit, ImageRecord, record_id
from core.search.relevance.scores import learn_duplicate_threshold
from core.vectors import Embedding

_NEAREST = 12  # by embedding, that are looked at
_SAMPLE = 1_000
_MARGIN = 4.0  # times as far as look-alikes may be, they are looked at closely


class Comparing:
    """With one collection. Where it was scanned for duplicates, what it has is found by hashes and patches too; else
    the nearest by embedding are looked at closely.

    Args:
        threshold: The cosine from which pictures look alike; None: what suits the model.
    """

    def __init__(
        self, index: Index, duplicates: Duplicates, thumbnails: Thumbnails, threshold: float | None = None
    ) -> None:
        catalog = duplicates.catalog()
        self._suggested = catalog.threshold if catalog else learn_duplicate_threshold(index.sample(_SAMPLE))
        self._index, self._thumbnails, self._is_scanned = index, thumbnails, catalog is not None
        self._threshold = self._suggested if threshold is None else threshold
        self._looking = Looking(lambda _: None, self._thumbnails.read)
        self._known = _known(index, duplicates)

    def answer(self, one: Read, embedding: Embedding) -> Checked:
        hits = self._index.search(embedding, _NEAREST)
        self._looking = Looking({one.content_hash: one.thumbnail}.get, self._thumbnails.read)
        best = round(float(hits[0].score), 4) if hits else None
        name = one.file.name
        about = {"content_hash": one.content_hash, "size": one.size, "width": one.width, "height": one.height}
        last = name.rpartition("/")[2] or name
        if same := self._same(one, hits):
            record, matrix = same
            words = how(record, _as_record(one), matrix)
            return Checked(name, last, Answer.SAME_PICTURE, record, best, words, **about)  # type: ignore[arg-type]
        if hits and hits[0].score >= self._threshold:
            words = f"look-alike, {hits[0].score:.3f}"
            return Checked(name, last, Answer.LOOK_ALIKE, hits[0].record, best, words, **about)  # type: ignore[arg-type]
        return Checked(name, last, Answer.NEW, None, best, **about)  # type: ignore[arg-type]

    def _same(self, one: Read, hits: list[Hit]) -> tuple[ImageRecord, Matrix] | None:
        """What of the collection is the same picture, and how it lies in that."""
        grey = open_grey(one.thumbnail)
        hints = self._known.candidates(one.phash, NONE if grey is None else patches(grey))
        least = 1 - _MARGIN * (1 - self._suggested)
        for place, hit in enumerate(hits):
            if not self._is_scanned or hit.score >= (least if place < _NEAREST // 2 else self._suggested):
                hints.setdefault(hit.record.content_hash, Hint(thorough=not self._is_scanned or place < _NEAREST // 4))
        for digest, hint in hints.items():
            found = self._looking.verify(one.content_hash, digest, hint)
            if found is None:
                continue
            known = self._index.by_content([digest])
            if digest in known:  # else it was removed since the scan
                return known[digest][0], found.aligned.inverse.matrix
        return None


def _known(index: Index, duplicates: Duplicates) -> Known:
    """As of the latest scan; without one, what records say of themselves."""
    catalog = duplicates.catalog()
    if catalog is not None:
        digests = [catalog.facts.digest(place) for place in range(len(catalog.facts.digests))]
        return Known(digests, catalog.facts.hashes(), Signatures(duplicates.kept))
    hashes = {record.content_hash: record.phash for records in index.records() for record in records}
    return Known([bytes.fromhex(digest) for digest in hashes], hashes_of(list(hashes.values())), None)


def _as_record(one: Read) -> ImageRecord:
    """As far as words need it."""
    path = one.file.name
    return ImageRecord(
        id=record_id(path),
        path=path,
        name=path,
        content_hash=one.content_hash,
        size=one.size,
        mtime_ns=0,
        width=one.width,
        height=one.height,
        format=one.format,
    )
