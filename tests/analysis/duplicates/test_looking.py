"""Two pictures are the same where one lies in the other and shows the same there, and only then."""

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from core.analysis.duplicates.pictures.hashes import hashes_of, nearest_orientation
from core.analysis.duplicates.pictures.looking import Hint, Looking
from core.analysis.duplicates.pictures.matrices import inverted, overlap
from core.images.appearance import look_at
from core.images.thumbnails import miniature
from tests.analysis.drawn import drawn, screenshot

SEEDS = range(6)

COPIES = {
    "half": lambda image: image.resize((image.width // 2, image.height // 2)),
    "another shape": lambda image: image.resize((image.width, round(image.height * 0.95))),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.28),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.72),
    "grey": lambda image: image.convert("L").convert("RGB"),
    "mirrored": ImageOps.mirror,
    "upside down": ImageOps.flip,
    "90": lambda image: image.transpose(Image.Transpose.ROTATE_90),
    "180": lambda image: image.transpose(Image.Transpose.ROTATE_180),
    "270": lambda image: image.transpose(Image.Transpose.ROTATE_270),
    "border": lambda image: ImageOps.expand(image, 30, "white"),
    "letterbox": lambda image: ImageOps.pad(image, (500, 500), color="black"),
    "corner": lambda image: image.crop((0, 0, 360, 270)),
    "other corner": lambda image: image.crop((80, 60, 400, 300)),
    "cropped and mirrored": lambda image: ImageOps.mirror(image.crop((20, 0, 380, 270))),
    "screenshot": screenshot,
}


def looked(first: Image.Image, second: Image.Image):
    images = {"a": first, "b": second}
    hashes = [hashes_of([look_at(image).phash]) for image in images.values()]
    code, differing = nearest_orientation(*hashes)
    hint = Hint(code if differing < 60 else None, differing, thorough=True)
    return Looking({name: miniature(image) for name, image in images.items()}.get).verify("a", "b", hint)


@pytest.mark.parametrize("kind", COPIES)
def test_copies_are_the_same(kind):
    found = [looked(drawn(seed), COPIES[kind](drawn(seed))) is not None for seed in SEEDS]
    assert sum(found) >= len(found) - (kind in ("screenshot", "cropped and mirrored")), found


@pytest.mark.parametrize("kind", COPIES)
def test_other_pictures_are_not(kind):
    assert not any(looked(drawn(seed), COPIES[kind](drawn(seed + 100))) for seed in SEEDS)


def test_where_it_lies():
    image = drawn(3)
    found = looked(image, image.crop((80, 60, 400, 300)))
    assert found is not None
    places = np.array([[0, 0], [1, 1]]) @ found.aligned.matrix[:, :2].T + found.aligned.matrix[:, 2]
    np.testing.assert_allclose(places, np.array([[0.2, 0.2], [1, 1]]), atol=0.02)
    assert overlap(found.aligned.matrix) == pytest.approx((0.64, 1.0), abs=0.03)
    back = inverted(found.aligned.matrix)
    assert overlap(back) == pytest.approx((1.0, 0.64), abs=0.03)
    assert (found.first_shown, found.second_shown) == (1.0, 1.0), "what was cut away is no frame"


def test_a_frame_is_told_from_what_was_cut_away():
    image = drawn(4)
    for framed in (screenshot(image), ImageOps.expand(image, 60, "black")):
        found = looked(framed, image)
        assert found is not None
        assert found.first_shown < 0.8
        assert found.second_shown == 1.0


def things(colour: tuple[int, int, int]) -> Image.Image:
    """A drawing in one colour, with shades of it."""
    shades = np.asarray(drawn(5).convert("L"), np.float32)[..., None] / 255
    return Image.fromarray((shades * colour).astype(np.uint8))


def test_other_colours_are_another_picture():
    red, blue = things((230, 40, 40)), things((60, 60, 230))
    assert looked(red, blue) is None
    assert looked(red, red.resize((200, 150))) is not None


def page(seed: int) -> Image.Image:
    from PIL import ImageDraw

    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(image)
    for top in range(60, 800, 18):
        draw.text((60, top), " ".join("".join(rng.choice(list("abcdefghiklmnorstu"), 7)) for _ in range(10)), "black")
    return image


def test_pages_of_one_layout_are_different():
    assert not any(looked(page(one), page(other)) for one in range(3) for other in range(3, 6))
    assert looked(page(1), page(1).resize((500, 707))) is not None


def collage(*seeds: int) -> Image.Image:
    image = Image.new("RGB", (1200, 900))
    for at, seed in enumerate(seeds):
        image.paste(drawn(seed), (400 * (at % 3), 300 * (at // 3)))
    return image


def test_a_small_part_of_a_collage_is_not_it():
    found = looked(collage(*range(20, 29)), drawn(20))
    assert found is None or found.aligned.first < 0.12
    assert looked(collage(*range(20, 29)), collage(*range(30, 39))) is None


@pytest.mark.parametrize("differing", [10, 90])
def test_without_a_thumbnail_only_near_hashes_tell(differing):
    found = Looking({"a": miniature(drawn(1))}.get).verify("a", "b", Hint(2, differing))
    assert (found is not None) is (differing == 10)
    assert found is None or not found.checked


@pytest.mark.parametrize("data", [b"", b"no picture", miniature(drawn(1))[:300]])
def test_damaged_thumbnails_are_as_none(data):
    assert Looking({"a": miniature(drawn(1)), "b": data}.get).verify("a", "b", Hint(thorough=True)) is None
