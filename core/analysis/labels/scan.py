"""The job that checks labels: counts them, measures their boxes, and finds those that stand out."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.analysis.classes.scoring import Scoring
from core.analysis.kept import Kept, KeptAnalyses
from core.analysis.labels import found
from core.analysis.labels.collecting import Collected, collect
from core.analysis.labels.crops import Crops
from core.analysis.labels.evidence.labelled import Labelled
from core.analysis.labels.evidence.parts import Parts
from core.analysis.labels.evidence.parts import likely as likely_of_parts
from core.analysis.labels.evidence.probabilities import Evidence, Judge, evidence, others, probabilities, weigh
from core.analysis.labels.evidence.suspicious import Ranked, count_wrong, guesses, missing, of_parts, quality, wrong
from core.analysis.labels.evidence.votes import Probabilities
from core.index.index import Index
from core.ingest.journal.job import JobState, Plan
from core.ingest.journal.progress import Counts, Phase, Progress, Rate
from core.vectors import Embeddings

NAME = "labels"

_BLOCK = 2_048
_NEIGHBOURS = 6
_WITH_NEIGHBOURS = 5_000  # of the most suspicious
MIN_PARTS = 20
"""Boxes from which something can be learned."""

_LOOKS_LIKE = 0.5  # the probability from which a picture without labels looks like something
_MAX_UNLABELLED = 20_000


class LabelScan:
    """An `Analysis`."""

    name, title = NAME, "Check the labels"

    def __init__(
        self, index: Index, kept: KeptAnalyses, scorer: Callable[[], Scoring], read: Callable[[str], bytes]
    ) -> None:
        self._index, self._kept, self._scorer = index, kept, scorer
        self._crops = Crops(index, read)

    def plan(self, job: JobState) -> Iterator[Plan]:
        report = found.report(self._kept.of(self.name))
        again = bool(job.analysis.options.get("again"))
        is_done = report is not None and report["signature"] == self._signature() and not again
        yield Plan(new=0 if is_done else self._index.count())

    def run(self, job: JobState) -> Iterator[Progress]:
        kept, total = self._kept.of(self.name), job.plan.new
        signature = self._signature()
        collected: Collected | None = None
        done, rate = 0, Rate()
        for step in collect(self._index, sum(self._index.facets(fields=["label"])["label"].values())):
            if isinstance(step, Collected):
                collected = step
            else:
                done += step
                yield Progress(Phase.LOOKING, total, Counts(updated=min(total, done // 2)), rate.add(step))
        assert collected
        of = collected.labelled()
        counts = {"suspicious": 0, "missing": 0, "unlabelled": 0}
        if len(of.ids) > 1 and of.names:
            yield Progress(Phase.LOADING, total, Counts(updated=min(total, done // 2)))
            scorer = self._scorer()
            for step in self._judged(kept, of, collected, scorer, counts):
                done += step
                yield Progress(Phase.COMPARING, total, Counts(updated=min(total, done // 2)), rate.add(step))
        else:
            found.clear(kept)
        found.write_report(kept, _report(collected, counts, signature))
        yield Progress(Phase.NOTING, total, Counts(updated=total))

    def _judged(
        self, kept: Kept, of: Labelled, collected: Collected, scorer: Scoring, counts: dict[str, int]
    ) -> Iterator[int]:
        """Yields how many pictures or boxes more are judged."""
        texts = scorer.embedded(list(of.names))
        told: Evidence | None = None
        for step in evidence(of, _fits(scorer, texts, of.rows)):
            if isinstance(step, Evidence):
                told = step
            else:
                yield step
        assert told
        judge = weigh(of, told)
        yield 0
        likely = probabilities(of, told, judge)
        scores = quality(of.given, likely)
        yield 0
        counts["wrong"] = count_wrong(of.given.argmax(axis=1), likely) if of.is_single else 0
        looks = likely.copy()
        yield from self._of_parts(kept, of, told, (scorer, texts), scores, looks, counts)
        for kind, ranked in (
            ("given", wrong(of.given, scores, counts.pop("wrong"))),
            ("missing", missing(of.given, scores)),
        ):
            found.write(kept, kind, of, ranked, *_around(of, looks if kind == "given" else likely, ranked))
            counts["suspicious" if kind == "given" else "missing"] = ranked.issues
            yield 0
        yield from _unlabelled(kept, of, collected, (scorer, texts), (told, judge), counts)

    def _of_parts(
        self,
        kept: Kept,
        of: Labelled,
        told: Evidence,
        words: tuple[Scoring, Embeddings],
        scores: Probabilities,
        looks: Probabilities,
        counts: dict[str, int],
    ) -> Iterator[int]:
        """What the boxes say, in place of what their whole pictures do: changes `scores`, and `looks`, which is what
        each picture looks like; and counts the `wrong`."""
        scorer, texts = words
        parts: Parts | None = None
        for step in self._crops.parts(kept, of, scores, scorer):
            if isinstance(step, Parts):
                parts = step
            else:
                yield step
        if parts is None or len(parts) < MIN_PARTS:
            return
        for told_of in likely_of_parts(parts, _fits(scorer, texts, parts.rows), told):
            if isinstance(told_of, int):
                yield told_of
                continue
            scores[parts.pictures, parts.labels] = of_parts(parts.labels, told_of)
            np.maximum.at(looks, parts.pictures, told_of)
            counts["wrong"] = count_wrong(parts.labels, told_of)

    def _signature(self) -> str:
        """Another one whenever there are other pictures, or other labels."""
        digest = hashlib.sha256()
        ids = sorted(pair for ids, contents in self._index.contents() for pair in zip(ids, contents, strict=True))
        for pair in ids:
            digest.update("".join(pair).encode())
        counts = self._index.facets(fields=["label", "split"])
        digest.update(json.dumps(counts, sort_keys=True).encode())
        return digest.hexdigest()


def _fits(scorer: Scoring, texts: Embeddings, rows: Embeddings) -> Probabilities:
    blocks = (rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK))
    return np.concatenate([scorer.scores(texts, block) for block in blocks])


def _around(of: Labelled, likely: Probabilities, ranked: Ranked) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """What each of the listed looks like otherwise, how much, and its nearest neighbours; -1 where there are fewer."""
    count = len(ranked.pictures)
    looks = np.full((count, 5), -1, np.int32)
    shares = np.zeros((count, 5), np.float32)
    for at, picture in enumerate(ranked.pictures):
        guessed = guesses(likely[picture], of.given[picture])
        looks[at, : len(guessed)] = guessed
        shares[at, : len(guessed)] = likely[picture, guessed]
    near = np.full((count, _NEIGHBOURS), -1, np.int64)
    listed = ranked.pictures[:_WITH_NEIGHBOURS]
    for start in range(0, len(listed), 256):
        places = listed[start : start + 256]
        near[start : start + len(places)] = _nearest(of, places)
    return looks, shares, near


def _nearest(of: Labelled, places: NDArray[np.intp]) -> NDArray[np.int64]:
    cosines = of.rows[places] @ of.rows.T
    cosines[np.arange(len(places)), places] = -np.inf
    count = min(_NEIGHBOURS, len(of.ids) - 1)
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :count]
    padded = np.full((len(places), _NEIGHBOURS), -1, np.int64)
    padded[:, :count] = nearest
    return padded


def _unlabelled(
    kept: Kept,
    of: Labelled,
    collected: Collected,
    words: tuple[Scoring, Embeddings],
    learned: tuple[Evidence, Judge],
    counts: dict[str, int],
) -> Iterator[int]:
    """Pictures without labels that look like one."""
    ids, digests, rows = collected.others()
    (scorer, texts), (told, judge) = words, learned
    best = np.zeros(len(ids), np.int32)
    shares = np.zeros(len(ids), np.float32)
    for start in range(0, len(ids), _BLOCK):
        block = slice(start, start + _BLOCK)
        likely = others(of, told, judge, rows[block], scorer.scores(texts, rows[block]))
        best[block], shares[block] = likely.argmax(axis=1), likely.max(axis=1)
        yield len(likely)
    order = np.argsort(-shares, kind="stable")
    order = order[shares[order] >= _LOOKS_LIKE][:_MAX_UNLABELLED]
    counts["unlabelled"] = len(order)
    found.write_unlabelled(
        kept, of.names, [ids[at] for at in order], [digests[at] for at in order], best[order], shares[order]
    )


def _report(collected: Collected, counts: dict[str, int], signature: str) -> dict[str, Any]:
    balance, boxes = collected.balance.told(), collected.boxes.told()
    splits: Sequence[str] = balance["splits"]
    return {
        "signature": signature,
        "made": time.time(),
        "pictures": collected.pictures,
        "labelled": collected.with_labels,
        "labels": len(collected.balance.pictures),
        "splits": {split: collected.balance.splits[split] for split in splits if split},
        "balance": balance,
        "boxes": boxes,
        **counts,
    }
