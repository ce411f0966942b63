"""Everyday concepts: what nearly everything that pictures show comes close to, and what a query is measured against."""

import hashlib
from pathlib import Path

from core.vectors import Embeddings

type Bank = tuple[tuple[str, ...], Embeddings]
"""Everyday concepts, and their embeddings, an array of shape `(n, dims)`."""

_FILE = Path(__file__).with_name("concepts.txt")

CONCEPTS: tuple[str, ...] = tuple(_FILE.read_text(encoding="utf-8").split("\n")[:-1])
"""One on each line of `concepts.txt`: people, animals, things, places, scenes, kinds of pictures."""

EDITION = hashlib.sha256("\n".join(CONCEPTS).encode()).hexdigest()[:16]
"""Another one whenever the concepts are."""
