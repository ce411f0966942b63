"""Words to try, chosen for the pictures that are there."""

import threading
from collections.abc import Sequence

from core.embedding.embedder import Embedder
from core.errors import ImageSearchError
from core.index.index import Index
from core.vectors import Embeddings

_OFFERED = 5
_EVERYDAY = (
    *("cat", "dog", "horse", "bird", "elephant", "zebra", "giraffe", "bear", "cow", "sheep", "butterfly", "fish"),
    *("flower", "forest", "beach", "mountain", "snow", "sunset", "moon", "city street", "bridge", "castle"),
    *("bus", "train", "airplane", "boat", "bicycle", "motorcycle", "car", "rocket"),
    *("coffee", "pizza", "cake", "fruit", "kitchen", "book", "computer", "clock", "umbrella", "kite", "tennis"),
)
"""What a collection of pictures may well show, and the models know."""


class Examples:
    """Of everyday things, those that some picture matches best; each the best match of another picture.

    Chosen in the background, and again when the number of pictures or the model has changed. Safe to share between
    threads.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._chosen_for = (-1, "")
        self._words: tuple[str, ...] = ()

    def words(self, count: int, embedder: Embedder | None) -> tuple[str, ...]:
        """Those chosen last, at first none.

        Args:
            count: How many pictures there are.
            embedder: The model, None while there is none: then nothing new is chosen.
        """
        with self._lock:
            if embedder is not None and (count, embedder.model_id) != self._chosen_for:
                self._chosen_for = (count, embedder.model_id)
                # No daemon: one that is inside the index when Python ends may take the process down.
                threading.Thread(target=self._choose, args=(embedder,), name="examples").start()
            return self._words

    def _choose(self, embedder: Embedder) -> None:
        try:
            words = choose(self._index, _EVERYDAY, embedder.embed_texts(_EVERYDAY))
        except ImageSearchError:  # the page that asks next will say what is wrong
            with self._lock:
                self._chosen_for = (-1, "")
            return
        with self._lock:
            self._words = words


def choose(index: Index, words: Sequence[str], embeddings: Embeddings) -> tuple[str, ...]:
    """Up to five of the words, best matched first.

    Args:
        embeddings: Of the words, an array of shape `(n, dims)`.
    """
    best = [(hits[0], word) for word, row in zip(words, embeddings, strict=True) if (hits := index.search(row, 1))]
    best.sort(key=lambda found: -found[0].score)
    of_picture: dict[str, str] = {}
    for hit, word in best:
        of_picture.setdefault(hit.record.content_hash, word)
    return tuple(of_picture.values())[:_OFFERED]
