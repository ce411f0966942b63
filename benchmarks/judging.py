"""Judging as the search does it, over embeddings that are at hand."""

import os

import numpy as np
from numpy.typing import NDArray

from core.embedding.embedder import SURE_FROM
from core.embedding.starter import StarterEmbedder
from core.models import STARTER
from core.search.compose import Composed, Kind, Part
from core.search.options import MinMatch
from core.search.relevance.bands import above_chance, assess
from core.search.relevance.scores import Calibration
from core.search.results import Judgement
from core.vectors import Embedding, Embeddings

_STARTER = os.environ.get("IMAGE_SEARCH_MODEL") == STARTER
_TRAITS = (StarterEmbedder.max_text_cosine, SURE_FROM[STARTER]) if _STARTER else (1.0, 0.0)
"""Of the model that is measured: how high texts score, and from where on it is sure."""


def judged(
    calibration: Calibration, rows: Embeddings, text: Embedding, *, kinds: bool = True
) -> tuple[Judgement, NDArray[np.float64], NDArray[np.intp]]:
    """How a search for the text among these pictures is judged, their strengths and their places, the nearest first.

    Args:
        kinds: Whether it counts that a collection is about one subject.
    """
    order = np.argsort(-(rows @ text), kind="stable")
    composed = Composed(text, (Part(Kind.WORDS, 1.0, text),), *_TRAITS)
    strengths, sure = calibration.strengths(composed, rows[order]), composed.sure(rows[order])
    of_kind = kinds and calibration.of_kind(composed, above_chance(len(rows)))
    return assess(strengths, len(rows), MinMatch.AUTO, sure, of_kind=of_kind), strengths, order
