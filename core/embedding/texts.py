"""Embeddings of texts, kept while they are likely to be asked for again."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from core.vectors import Embedding, Embeddings


class TextCache:
    """The embeddings of the last `size` texts used. Safe to share between threads."""

    def __init__(self, size: int = 512) -> None:
        self._size = size
        self._kept: OrderedDict[str, Embedding] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, texts: Sequence[str], compute: Callable[[list[str]], Embeddings]) -> Embeddings:
        """The embeddings of the texts, in their order.

        Args:
            texts: At least one.
            compute: Called at most once, with the texts that are not kept, each once; returns a row for each.

        Returns:
            An array of shape `(n, dims)` that is the caller's to change.
        """
        rows = self._look_up(texts)
        missing = [text for text in dict.fromkeys(texts) if text not in rows]
        if missing:
            # Without the lock: two threads may compute the same text, but none waits for another's.
            rows |= zip(missing, compute(missing), strict=True)
        self._keep({text: rows[text] for text in texts})
        return np.stack([rows[text] for text in texts])

    def _look_up(self, texts: Sequence[str]) -> dict[str, Embedding]:
        with self._lock:
            return {text: self._kept[text] for text in texts if text in self._kept}

    def _keep(self, rows: dict[str, Embedding]) -> None:
        with self._lock:
            for text, row in rows.items():
                self._kept[text] = row
                self._kept.move_to_end(text)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
