"""What scores mean: how far a picture stands above what is to be expected of one that has nothing to do with the query.

Everything is learned from the model and the collection themselves, without labels: from what everyday concepts score
with some of the pictures, and these with one another. docs/decisions/0009-match-strength.md says why it is done so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.search.compose import Composed, Kind, Part
from core.search.relevance.theme import Theme, learn_theme
from core.vectors import Embeddings

SAMPLE = 1_000
"""So many pictures of a collection tell what the others are like."""

_TRUSTED = 50  # pictures: what fewer have in common may well be what is searched for
_FEWEST = 5  # pictures whose pairs tell anything
_LEEWAY = 1.5  # deviations by which a query may be nearer to all pictures than most concepts are
_DEVIATION = 1.4826  # of normal deviates, as a multiple of their median absolute deviation
_LEAST = 1e-6
# What is turned away from counts against a picture as far as the picture shows it: by what its own strength exceeds
# that of the best of some forty unrelated ones. Chosen by measurement: docs/decisions/0009-match-strength.md.
_SHOWN, _AGAINST = 2.0, 4.0
_SUBJECT = 0.5  # of the pictures stand above chance: then what is searched for is the collection's subject itself
# The part of the usual distance between two pictures within which they are alike: see docs/decisions/0008.
_ALIKE_PART = 0.07
_ALIKE_UNKNOWN = 0.95
_CLEARLY = 20.0  # more than this nothing is shown: of the picture itself it would be without end

type Vectors = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Scale:
    """What parts of one kind, words or pictures, score here."""

    centre: Vectors
    """What all parts of this kind have in common, shape `(dims,)`: it says nothing of what is searched for."""
    length: float
    """How far parts usually are from it."""
    std_unrelated: float
    """How widely the scores of unrelated pictures scatter along a direction away from it."""
    std_all: float
    """And those of all pictures: what decides their order."""
    mean: Vectors
    """Of the pictures, shape `(dims,)`."""
    shrinkage: float
    """How far their mean score in a direction is to be expected of unrelated ones, from 0 to 1."""
    bounds: tuple[float, float] = (-np.inf, np.inf)
    """Between these it lies where the collection is not about what is searched for."""

    def towards(self, parts: Sequence[Part]) -> Vectors:
        """Where these parts lead together, shape `(dims,)`: as long as their share in the score is."""
        weights = np.array([part.weight for part in parts])
        away = np.stack([part.embedding for part in parts]) - self.centre
        return np.asarray(weights @ away * (self.std_unrelated / self.std_all / self.length), np.float64)

    def z_scores(self, towards: Vectors, embeddings: Embeddings) -> Vectors:
        """The scores of n pictures along m directions, shape `(n, m)`: of unrelated ones about normal deviates."""
        return self.deviates_along(_directions(towards), embeddings)

    def deviates_along(self, directions: Vectors, embeddings: Embeddings) -> Vectors:
        """The same for directions of unit length. Multiplied as float32, of which the embeddings are: in half the time,
        and to a ten-thousandth of a deviate."""
        expected = self.shrinkage * np.clip(directions @ self.mean, *self.bounds)
        scores = embeddings @ directions.T.astype(np.float32)
        return np.asarray((scores - expected) / self.std_unrelated, np.float64)


@dataclass(frozen=True)
class Calibration:
    """Of one model and one collection; made by `learn`."""

    alike: float
    """The cosine from which two pictures are alike."""
    _words: _Scale
    _pictures: _Scale
    _concepts: Vectors
    """Everyday concepts, seen from their centre, shape `(m, dims)`."""
    _theme: Theme
    _sample: Embeddings
    """Of some pictures, shape `(n, dims)`."""
    _usual: Vectors
    """How well everyday concepts fit these, shape `(n,)`."""

    @property
    def spreads(self) -> Mapping[Kind, float]:
        """How widely the cosines of the pictures scatter with texts, and with pictures."""
        scales = {Kind.WORDS: self._words, Kind.PICTURE: self._pictures}
        return {kind: scale.std_all * scale.length for kind, scale in scales.items()}

    @cached_property
    def _directions(self) -> Vectors:
        """Of the concepts: every search needs them."""
        return _directions(self._concepts)

    def strengths(self, composed: Composed, embeddings: Embeddings) -> Vectors:
        """How far each picture stands above what is to be expected of an unrelated one, in deviations: by what is asked
        for. What is turned away from counts as far as a picture shows it, beside the weights of what is asked for.

        Args:
            embeddings: Of n pictures, shape `(n, dims)`.

        Returns:
            An array of shape `(n,)`. Where a query has no words, what is alike to a picture of it is that picture
            itself: its strength is infinite.
        """
        wanted = [part for part in composed.parts if part.weight > 0]
        strengths = self._of_parts(wanted, embeddings)
        total = sum(part.weight for part in wanted) or 1.0
        for part in composed.parts:
            if part.weight < 0:
                shown = self._shown(part, wanted, embeddings)
                strengths = strengths + _AGAINST * part.weight / total * np.clip(shown - _SHOWN, 0.0, _CLEARLY)
        return strengths

    def strengths_of_texts(self, texts: Embeddings, embeddings: Embeddings) -> Vectors:
        """The `strengths` of each of m texts by itself, shape `(n, m)`; what they have in common is computed once."""
        usual = _usual(self._words.deviates_along(self._directions, embeddings))
        return self._words.z_scores(texts - self._words.centre, embeddings) - usual[:, np.newaxis]

    def of_kind(self, composed: Composed, above: float) -> bool:
        """Whether the collection is about one subject, and the query in words for something of it, but not for the
        subject itself: then most of its pictures are near to the words, and it takes more to tell which show them.

        Args:
            above: The strength that chance does not bring.
        """
        wanted = [part for part in composed.parts if part.weight > 0]
        if not wanted or any(part.kind is not Kind.WORDS for part in wanted):
            return False
        towards = self._words.towards(wanted)
        if not self._theme.includes(_directions(towards)):
            return False
        fits = self._words.z_scores(towards[np.newaxis], self._sample)[:, 0] - self._usual
        return bool((fits >= above).mean() < _SUBJECT)

    def _shown(self, part: Part, wanted: Sequence[Part], embeddings: Embeddings) -> Vectors:
        """How far pictures show what is turned away from, beyond what it has in common with what is wanted of its
        kind: a giraffe is not to be held against itself because it is much like a zebra."""
        words = part.kind is Kind.WORDS
        scale, strengths = (self._words, self._of_words) if words else (self._pictures, self._of_pictures)
        towards = scale.towards([replace(part, weight=1.0)])
        if alike := [one for one in wanted if one.kind is part.kind]:
            asked_for = _directions(scale.towards(alike))
            towards = towards - max(0.0, float(towards @ asked_for)) * asked_for
        return strengths(towards, embeddings)

    def _of_parts(self, parts: Sequence[Part], embeddings: Embeddings) -> Vectors:
        """As `strengths`, of parts that are all wanted; 0 where there are none."""
        if not parts:
            return np.zeros(len(embeddings))
        words, pictures = ([part for part in parts if part.kind is kind] for kind in Kind)
        if not pictures:
            return self._of_words(self._words.towards(words), embeddings)
        if words:
            return self._of_both(self._words.towards(words), self._pictures.towards(pictures), embeddings)
        itself = (embeddings @ np.stack([part.embedding for part in pictures]).T).max(axis=1) >= self.alike
        return np.where(itself, np.inf, self._of_pictures(self._pictures.towards(pictures), embeddings))

    def _of_words(self, towards: Vectors, embeddings: Embeddings) -> Vectors:
        """How much better a picture fits the words than it fits everyday concepts: the logarithm of the odds between
        them. Concepts count by how well they fit, so that a picture that clearly shows something else falls behind;
        to one that fits none of them they add up to 1/2, the logarithm of the mean exponential of normal deviates.
        """
        usual = _usual(self._words.deviates_along(self._directions, embeddings))
        return np.asarray(self._words.z_scores(towards[np.newaxis], embeddings)[:, 0] - usual)

    def _of_pictures(self, towards: Vectors, embeddings: Embeddings) -> Vectors:
        return self._pictures.z_scores(towards[np.newaxis], embeddings)[:, 0]

    def _of_both(self, words: Vectors, pictures: Vectors, embeddings: Embeddings) -> Vectors:
        """Each by its share in the score. What both say of unrelated pictures agrees as far as they lead one way."""
        shares = float(np.linalg.norm(words)), float(np.linalg.norm(pictures))
        total = shares[0] * self._of_words(words, embeddings) + shares[1] * self._of_pictures(pictures, embeddings)
        std_unrelated = np.sqrt(shares[0] ** 2 + shares[1] ** 2 + 2 * max(0.0, float(words @ pictures)))
        return np.asarray(total / max(float(std_unrelated), _LEAST))


def learn(concepts: Embeddings, sample: Embeddings) -> Calibration:
    """
    Args:
        concepts: Embeddings of everyday concepts, shape `(m, dims)`.
        sample: Embeddings of some pictures of the collection, shape `(n, dims)`, at least one.
    """
    centre, mean = concepts.mean(axis=0, dtype=np.float64), sample.mean(axis=0, dtype=np.float64)
    away, apart = concepts - centre, sample - mean
    directions = _directions(away)
    shrinkage = len(sample) / (len(sample) + _TRUSTED)
    scores = sample @ directions.T
    usual = scores.mean(axis=0)
    # What a concept scores with all pictures alike is no scatter; with few it cannot be told from it.
    std_unrelated = float(np.sqrt(max((scores**2).mean() - shrinkage * usual.var(), _LEAST**2)))
    middle = _median(usual)
    leeway = _LEEWAY * _DEVIATION * _median(np.abs(usual - middle))
    words = _Scale(
        centre, _length(away), std_unrelated, std_unrelated, mean, shrinkage, (middle - leeway, middle + leeway)
    )
    pictures = _Scale(mean, _length(apart), *_spread_of_pairs(apart, directions), mean, shrinkage)
    fits = words.z_scores(away, sample)
    theme = learn_theme(directions, fits)
    return Calibration(learn_duplicate_threshold(sample), words, pictures, away, theme, sample, _usual(fits))


def learn_duplicate_threshold(sample: Embeddings) -> float:
    """The cosine from which two pictures of a collection are alike, as its model sees them.

    Models differ in what they call unlike: the mean cosine of two pictures may be 0.05 or 0.6. Seen from there, a small
    change to a picture moves it by much the same part of the way: see docs/decisions/0008.

    Args:
        sample: Embeddings of pictures of the collection, in any order.
    """
    count = len(sample)
    if count < 2:
        return _ALIKE_UNKNOWN
    total = sample.sum(axis=0, dtype=np.float64)
    usual = (total @ total - count) / (count * (count - 1))  # the mean over all pairs
    return float(1 - _ALIKE_PART * (1 - min(1.0, usual)))


def _median(values: Vectors) -> float:
    """As `np.median`, which imports all of NumPy's masked arrays."""
    return float(np.quantile(values, 0.5))


def _usual(fits: Vectors) -> Vectors:
    """How well everyday concepts fit pictures in all, shape `(n,)`: the logarithm of the mean exponential."""
    return np.asarray(np.log(np.exp(fits).mean(axis=1)) - 0.5)


def _spread_of_pairs(apart: Vectors, concepts: Vectors) -> tuple[float, float]:
    """Of the scores of unrelated pictures with one another, and of all. Those of related ones are higher: the lower
    half tells what the unrelated do.

    Where there are too few pictures, concepts stand in for them: they spread over the same space.
    """
    if len(apart) < _FEWEST:
        apart = concepts
    scores = apart @ _directions(apart).T
    pairs = scores[~np.eye(len(scores), dtype=bool)]
    below = np.minimum(pairs - _median(pairs), 0.0)
    return max(float(np.sqrt(2 * (below**2).mean())), _LEAST), max(float(pairs.std()), _LEAST)


def _directions(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), _LEAST))


def _length(vectors: Vectors) -> float:
    return max(float(np.sqrt((vectors**2).sum(axis=1).mean())), _LEAST)
