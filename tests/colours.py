"""A model for tests: a picture becomes its mean colour, a text the colour that it names."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from core.vectors import Embeddings, unit

COLOURS = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "cyan": (0, 255, 255),
    "magenta": (255, 0, 255),
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "orange": (255, 128, 0),
    "purple": (128, 0, 128),
}


class ColourEmbedder:
    """Four dimensions: red, green, blue, and a constant that keeps black from having no direction."""

    model_id = "test/colour"
    dims = 4
    preprocessing = 1
    crop = 8, 8
    max_text_cosine = 1.0

    def __init__(self) -> None:
        self.embedded_images = 0
        self.embedded_texts = 0

    def prepare(self, image: Image.Image) -> Image.Image:
        return image.resize((8, 8))

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        self.embedded_images += len(images)
        return _vectors([np.asarray(image, dtype=np.float64).reshape(-1, 3).mean(axis=0) for image in images])

    def embed_texts(self, texts: Sequence[str]) -> Embeddings:
        self.embedded_texts += len(texts)
        named = [[COLOURS[word] for word in text.split() if word in COLOURS] or [(128, 128, 128)] for text in texts]
        return _vectors([np.mean(colours, axis=0) for colours in named])

    def fit_text(self, text: str) -> str:
        return " ".join(text.split()[:20])


def _vectors(colours: Sequence[np.ndarray]) -> Embeddings:
    rows = np.array(colours, dtype=np.float64).reshape(-1, 3) / 255
    return unit(np.hstack([rows, np.full((len(rows), 1), 0.1)]))
