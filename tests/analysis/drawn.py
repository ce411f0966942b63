"""Pictures with structure, drawn from a number: different numbers, different pictures."""

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

type Box = tuple[int, int, int, int]


def drawn(seed: int, size: tuple[int, int] = (400, 300)) -> Image.Image:
    """Ground of coarse and fine noise, with a dozen things on it."""
    rng = np.random.default_rng([seed, 7])
    pixels = sum(_noise(rng, size, cells) * share for cells, share in ((4, 90), (16, 60), (70, 50)))
    image = Image.fromarray(np.clip(pixels + rng.integers(0, 60, 3), 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        left, top = int(rng.integers(0, size[0] - 30)), int(rng.integers(0, size[1] - 30))
        box = (left, top, left + int(rng.integers(15, 90)), top + int(rng.integers(15, 90)))
        (draw.ellipse if rng.random() < 0.5 else draw.rectangle)(box, tuple(rng.integers(0, 256, 3).tolist()))
    return image


def _noise(rng: np.random.Generator, size: tuple[int, int], cells: int) -> np.ndarray:
    grid = rng.integers(0, 256, (max(2, cells * size[1] // size[0]), cells, 3), np.uint8)
    return np.asarray(Image.fromarray(grid).resize(size, Image.Resampling.BICUBIC), np.float32) / 255


def jpeg(image: Image.Image, quality: int = 90) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def write(path: Path, image: Image.Image, quality: int = 90) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jpeg(image, quality))
    return path


def screenshot(image: Image.Image, size: tuple[int, int] = (900, 640)) -> Image.Image:
    screen = Image.new("RGB", size, (64, 80, 96))
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, size[0], 30), fill=(230, 230, 230))
    draw.text((20, 8), "File   Edit   View   Window   Help", (30, 30, 30))
    screen.paste(image.resize((560, 560 * image.height // image.width)), (170, 90))
    return screen
