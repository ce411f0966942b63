"""The protocol that every model keeps."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from core.models import STARTER
from core.vectors import Embeddings

if TYPE_CHECKING:
    from PIL import Image

SURE_FROM = {STARTER: 0.7}
"""The cosine from which a picture may be said to show what words say, for models of which "better than by chance" says
too much: below, a match is weak. The starter model knows the names of ImageNet's classes; what else is looked for is
only near to one of them in meaning. Of its hits far above chance 15 % are right below 0.7, and 64 % above (COCO128 and
stamps)."""


KEPT_TEXTS = 512
"""Whose embeddings a model keeps: those used last."""


class Embedder(Protocol):
    """Turns pictures and texts into vectors of one space. Safe to share between threads."""

    model_id: str
    dims: int
    preprocessing: int
    """Raised when the way pictures are prepared changes the model's input: older embeddings no longer compare."""
    crop: tuple[int, int]
    """What `prepare` does: pixels that the short side is shrunk to, and the side of the square cut from the centre."""
    max_text_cosine: float
    """The highest cosine that a text can reach with a picture by the model's construction: 1.0 for CLIP. Scores of
    text queries are divided by it, so that they use the whole scale."""

    def prepare(self, image: "Image.Image") -> "Image.Image":
        """Shrink an upright RGB picture to what the model looks at.

        `embed_images` gives the same result with or without it. It needs no model and no lock: call it in the
        thread that decoded the picture, so that what waits for the model is small.
        """
        ...

    def embed_images(self, images: "Sequence[Image.Image]") -> Embeddings:
        """Upright RGB pictures, any number: split to the model's batch limit. Returns shape `(n, dims)`."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> Embeddings:
        """Texts as `fit_text` gives them; longer ones are cut the same way. Returns shape `(n, dims)`."""
        ...

    def fit_text(self, text: str) -> str:
        """As much of the text, from its start, as the model reads; the text itself where all of it fits."""
        ...
