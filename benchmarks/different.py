"""Pictures that are all different, and copies of them as people make them."""

from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from benchmarks.data import TEST_DATA, WORDS

type Edit = Callable[[Image.Image, np.random.Generator], Image.Image]

# What motorcycle_left.png shows, for the other eye; and what is no photograph.
_LEFT_OUT = {"motorcycle_right.png", "logo.png", "chessboard_GRAY.png", "chessboard_RGB.png", "phantom.png"}
_LEAST = 200  # pixels of the shorter side


def different(count: int) -> Iterator[tuple[str, Image.Image]]:
    """So many pictures, each with a name: photographs that packages bring, those of COCO128 and their quarters where
    they are (of one photograph either the whole or its quarters), and then drawn scenes."""
    yield from islice(_all(count), count)


def _all(count: int) -> Iterator[tuple[str, Image.Image]]:
    yield from packaged()
    files = sorted((TEST_DATA / "data" / "coco128" / "train" / "images").glob("*.jpg"))
    for at, file in enumerate(files):
        image = Image.open(file).convert("RGB")
        if at % 4 == 0:
            yield file.stem, image
            continue
        for part, quarter in enumerate(_quarters(image)):
            if min(quarter.size) >= 150 and np.asarray(quarter.convert("L")).std() > 25:
                yield f"{file.stem}-{part}", quarter
    for seed in range(count):
        yield f"drawn-{seed:05d}", drawn(seed)


def packaged() -> Iterator[tuple[str, Image.Image]]:
    """Photographs inside packages: scikit-image's and scikit-learn's."""
    import skimage
    import sklearn.datasets

    folders = [Path(skimage.__file__).parent / "data", Path(sklearn.datasets.__file__).parent / "images"]
    for file in (file for folder in folders for file in sorted(folder.glob("*.*"))):
        if file.suffix.lower() not in (".jpg", ".jpeg", ".png") or file.name in _LEFT_OUT:
            continue
        image = Image.open(file).convert("RGB")
        if min(image.size) >= _LEAST:
            yield file.stem, image


def _quarters(image: Image.Image) -> Iterator[Image.Image]:
    width, height = image.width // 2, image.height // 2
    for left in (0, width):
        for top in (0, height):
            yield image.crop((left, top, left + width, top + height)).resize(
                (round(width * 1.6), round(height * 1.6)), Image.Resampling.LANCZOS
            )


def drawn(seed: int) -> Image.Image:
    """A scene of chance: ground, light, things with texture and shadow, now and then lettering."""
    rng = np.random.default_rng([seed, 15])
    width, height = [(640, 480), (480, 640), (600, 600), (720, 405)][rng.integers(4)]
    low, high = rng.integers(0, 140, 3), rng.integers(90, 256, 3)
    cells = (int(rng.integers(2, 6)), int(rng.integers(8, 30)), 120)
    noise = sum(_noise(rng, width, height, cell) * share for cell, share in zip(cells, (0.6, 0.28, 0.12), strict=True))
    pixels = low + (high - low) * np.asarray(noise)[..., None] * rng.uniform(0.7, 1.3, 3)
    image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    for _ in range(int(rng.integers(3, 14))):
        _thing(image, rng)
    if rng.random() < 0.3:
        font = ImageFont.load_default(int(rng.integers(16, 60)))
        place = int(rng.integers(0, width // 2)), int(rng.integers(0, height - 60))
        ImageDraw.Draw(image).text(place, " ".join(rng.choice(WORDS, 3)), tuple(rng.integers(0, 256, 3).tolist()), font)
    return image


def _noise(rng: np.random.Generator, width: int, height: int, cells: int) -> np.ndarray:
    grid = rng.integers(0, 256, (max(2, cells * height // width), cells), np.uint8)
    return np.asarray(Image.fromarray(grid).resize((width, height), Image.Resampling.BICUBIC), np.float32) / 255


def _thing(image: Image.Image, rng: np.random.Generator) -> None:
    """With a texture of its own, in a shape of its own, and a soft edge."""
    width, height = image.size
    size = int(rng.integers(40, width // 2)), int(rng.integers(40, height // 2))
    texture = _noise(rng, *size, int(rng.integers(3, 24))) * rng.uniform(0.4, 1.0) + rng.uniform(0, 0.4)
    colours = texture[..., None] * rng.integers(60, 256, 3)
    patch = Image.fromarray(colours.clip(0, 255).astype(np.uint8))
    mask = Image.new("L", size, 0)
    draw, kind = ImageDraw.Draw(mask), rng.integers(3)
    if kind == 0:
        draw.ellipse((2, 2, size[0] - 3, size[1] - 3), fill=255)
    elif kind == 1:
        draw.rounded_rectangle((2, 2, size[0] - 3, size[1] - 3), int(rng.integers(0, 30)), fill=255)
    else:
        corners = [(int(x), int(y)) for x, y in rng.integers(0, np.array(size), (int(rng.integers(3, 7)), 2))]
        draw.polygon(corners, fill=255)
    mask = mask.rotate(float(rng.uniform(0, 360))).filter(ImageFilter.GaussianBlur(float(rng.uniform(0.5, 2.5))))
    place = (
        int(rng.integers(-size[0] // 3, width - size[0] // 2)),
        int(rng.integers(-size[1] // 3, height - size[1] // 2)),
    )
    image.paste(patch, place, mask)


def cropped(image: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    """So much of both sides, wherever it lies."""
    width, height = round(image.width * share), round(image.height * share)
    left, top = int(rng.integers(0, image.width - width + 1)), int(rng.integers(0, image.height - height + 1))
    return image.crop((left, top, left + width, top + height))


def screenshot(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The picture in a window, with a bar above it, text beside it and a desk behind."""
    width, height = (1366, 768) if image.width >= image.height else (900, 1200)
    back = tuple(int(value) for value in rng.integers(20, 236, 3))
    screen = Image.new("RGB", (width, height), back)
    draw, font = ImageDraw.Draw(screen), ImageFont.load_default(18)
    draw.rectangle((0, 0, width, 34), fill=(232, 232, 236))
    draw.text((16, 7), "  ".join(rng.choice(WORDS, 5)), (40, 40, 40), font)
    scale = float(rng.uniform(0.62, 0.85)) * min(width / image.width, (height - 90) / image.height)
    shown = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    place = int(rng.integers(0, width - shown.width + 1)), int(rng.integers(40, height - shown.height - 40))
    draw.rectangle((place[0] - 6, place[1] - 6, place[0] + shown.width + 5, place[1] + shown.height + 34), fill="white")
    screen.paste(shown, place)
    draw.text((place[0], place[1] + shown.height + 8), " ".join(rng.choice(WORDS, 4)), (60, 60, 60), font)
    return screen


def bordered(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    colour = tuple(int(value) for value in rng.choice([0, 255, 128], 1).repeat(3))
    return ImageOps.expand(image, round(max(image.size) * float(rng.uniform(0.03, 0.12))), colour)


def as_file(image: Image.Image, quality: int = 90) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def as_png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _resized(image: Image.Image, share: float) -> Image.Image:
    size = max(1, round(image.width * share)), max(1, round(image.height * share))
    return image.resize(size, Image.Resampling.LANCZOS)


COPIES: dict[str, Edit] = {
    "half the size": lambda image, _: _resized(image, 0.5),
    "a quarter of the size": lambda image, _: _resized(image, 0.25),
    "JPEG, quality 50": lambda image, _: image,
    "PNG": lambda image, _: image,
    "28 % brighter": lambda image, _: ImageEnhance.Brightness(image).enhance(1.28),
    "28 % darker": lambda image, _: ImageEnhance.Brightness(image).enhance(0.72),
    "mirrored": lambda image, _: ImageOps.mirror(image),
    "turned by 90°": lambda image, _: image.transpose(Image.Transpose.ROTATE_270),
    "turned by 180°": lambda image, _: image.transpose(Image.Transpose.ROTATE_180),
    "border": bordered,
    "cropped to 90 %": lambda image, rng: cropped(image, 0.9, rng),
    "cropped to 80 %": lambda image, rng: cropped(image, 0.8, rng),
    "screenshot": screenshot,
    "grey": lambda image, _: ImageOps.grayscale(image).convert("RGB"),
}
"""The kinds of copies: each saved as JPEG at quality 90, but where it says something else."""

FURTHER: dict[str, Edit] = {
    "mirrored and cropped": lambda image, rng: cropped(ImageOps.mirror(image), 0.9, rng),
    "turned by 270° and half": lambda image, _: _resized(image.transpose(Image.Transpose.ROTATE_90), 0.5),
    "cropped to 60 %": lambda image, rng: cropped(image, 0.6, rng),
    "turned by 7°": lambda image, _: image.rotate(7, Image.Resampling.BICUBIC, expand=True),
}
"""Beyond what is promised."""


def copy_of(kind: str, image: Image.Image, seed: int) -> tuple[str, bytes]:
    """What a copy of this kind is called, and its file."""
    edited = {**COPIES, **FURTHER}[kind](image, np.random.default_rng([seed, sum(kind.encode())]))
    if kind == "PNG":
        return ".png", as_png(edited)
    return ".jpg", as_file(edited, 50 if kind == "JPEG, quality 50" else 90)
