"""How well pictures fit classes that are only words: their strengths, as a search for the words has them."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from core.embedding.embedder import SURE_FROM, Embedder
from core.errors import ModelUnavailable
from core.search.relevance.scores import Calibration
from core.vectors import Embeddings

if TYPE_CHECKING:  # words need no pictures
    from PIL.Image import Image

type Scores = NDArray[np.float32]

_UNSURE = 0.0
"""The strength that a picture has at most of which the model is not sure: what chance brings to every other one."""


class Scoring(Protocol):
    """Of one model and one collection."""

    @property
    def edition(self) -> str:
        """Another one whenever scores would be others."""
        ...

    def embedded(self, texts: Sequence[str]) -> Embeddings:
        """Shape `(m, dims)`."""
        ...

    def scores(self, texts: Embeddings, rows: Embeddings) -> Scores:
        """The strengths of n pictures for each of m texts, shape `(n, m)`: in deviations above what chance brings."""
        ...

    @property
    def model(self) -> str:
        """Another one whenever embeddings would be others."""
        ...

    def seen(self, images: "Sequence[Image]") -> Embeddings:
        """Embeddings of upright RGB pictures, shape `(n, dims)`."""
        ...


@dataclass(frozen=True, slots=True)
class Scorer:
    """By the model that made the embeddings."""

    embedder: Embedder
    calibration: Calibration

    @property
    def edition(self) -> str:
        """Another one whenever scores would be others."""
        spreads = sorted((str(kind), spread) for kind, spread in self.calibration.spreads.items())
        made_by = (self.embedder.model_id, self.embedder.preprocessing, self.calibration.alike, spreads)
        return hashlib.sha256(repr(made_by).encode()).hexdigest()[:16]

    @property
    def model(self) -> str:
        return f"{self.embedder.model_id} {self.embedder.preprocessing}"

    def seen(self, images: "Sequence[Image]") -> Embeddings:
        return self.embedder.embed_images([self.embedder.prepare(image) for image in images])

    def embedded(self, texts: Sequence[str]) -> Embeddings:
        """Shape `(m, dims)`."""
        return self.embedder.embed_texts([self.embedder.fit_text(text) for text in texts])

    def scores(self, texts: Embeddings, rows: Embeddings) -> Scores:
        """The strengths of n pictures for each of m texts, shape `(n, m)`: in deviations above what chance brings."""
        strengths = self.calibration.strengths_of_texts(texts, rows)
        if sure_from := SURE_FROM.get(self.embedder.model_id, 0.0):
            sure = rows @ texts.T >= sure_from * self.embedder.max_text_cosine
            strengths = np.where(sure, strengths, np.minimum(strengths, _UNSURE))
        return np.asarray(strengths, np.float32)


class Scorers:
    """Gives the one that goes with the index as it is.

    Args:
        embedder: Gives the loaded model; waits until it is there.
        calibration: What scores mean in the collection, learned where it is not known.
    """

    def __init__(self, embedder: Callable[[], Embedder], calibration: Callable[[Embedder], Calibration | None]) -> None:
        self._embedder, self._calibration = embedder, calibration

    def current(self) -> Scorer:
        """
        Raises:
            ModelUnavailable, ModelMismatch: there is no model, or it is not known yet what its scores mean here.
        """
        embedder = self._embedder()
        calibration = self._calibration(embedder)
        if calibration is None:
            raise ModelUnavailable("It is not known yet what scores mean in this collection.", "Try again in a moment.")
        return Scorer(embedder, calibration)
