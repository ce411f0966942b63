"""Two models for tests that change from one to the other."""

from collections.abc import Sequence
from concurrent.futures import Future

import numpy as np
from PIL import Image

from core.embedding.embedder import Embedder
from core.index.index import ModelStamp
from core.vectors import Embeddings
from tests.colours import ColourEmbedder

COLOUR = ModelStamp("test/colour", 4, 1)
OTHER = ModelStamp("test/other", 5, 1)


class OtherEmbedder(ColourEmbedder):
    """The same colours, the other way round, in five dimensions."""

    model_id = OTHER.model_id
    dims = OTHER.dims

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        return _turned(super().embed_images(images))

    def embed_texts(self, texts: Sequence[str]) -> Embeddings:
        return _turned(super().embed_texts(texts))


def _turned(rows: Embeddings) -> Embeddings:
    return np.hstack([rows[:, ::-1], np.zeros((len(rows), 1), np.float32)])


class TwoModels:
    """Which model is used, as `IndexModel` decides it."""

    wanted = OTHER.model_id

    def __init__(self) -> None:
        self.target = OtherEmbedder()
        self.known = {OTHER.model_id: self.target, COLOUR.model_id: ColourEmbedder()}
        self.told: list[str] = []

    def preprocessing(self, model_id: str) -> int:
        return self.known[model_id].preprocessing

    def load_target(self, model_id: str) -> "Future[Embedder]":
        loaded: Future[Embedder] = Future()
        loaded.set_result(self.known[model_id])
        return loaded

    def expect(self, embedder: Embedder) -> None:
        self.told.append(embedder.model_id)

    def switched(self) -> None:
        self.told.append("switched")
