"""Pictures as bytes, made on the spot."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def encoded() -> Callable[..., bytes]:
    """Pillow's `save` into bytes."""

    def encode(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
        buffer = BytesIO()
        image.save(buffer, format, **options)
        return buffer.getvalue()

    return encode


@pytest.fixture
def put(encoded: Callable[..., bytes]) -> Callable[..., Path]:
    """Write a small picture of one colour, with the folders above it."""

    def write(path: Path, colour: str = "red", format: str = "PNG") -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(Image.new("RGB", (8, 6), colour), format))
        return path

    return write


@pytest.fixture
def photograph() -> Callable[..., Image.Image]:
    """Detail of every scale, as in photographs: noise of a few sizes, the finest the faintest."""

    def make(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
        rng = np.random.default_rng(7)
        mixed = np.zeros((size[1], size[0], 3), np.float32)
        for cells, weight in ((6, 0.6), (60, 0.3), (300, 0.1)):
            noise = Image.fromarray(rng.integers(0, 256, (cells, cells, 3), np.uint8))
            mixed += np.asarray(noise.resize(size, Image.Resampling.BICUBIC), np.float32) * weight
        return Image.fromarray(mixed.clip(0, 255).astype(np.uint8)).convert(mode)

    return make
