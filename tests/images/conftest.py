"""Pictures as bytes, made on the spot."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

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
