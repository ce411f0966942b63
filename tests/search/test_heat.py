"""Where a picture matches: the part that looks like the query is warm, whatever the picture's shape."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.errors import UnreadableImage
from core.search.explain.heatmap import Heat, HeatmapBuilder, HeatmapProgress, heat, parts
from tests.colours import COLOURS
from tests.records import a_record

SHAPES = [(640, 480), (480, 640), (500, 500), (1600, 400), (30, 3000), (1, 1), (2, 10_000), (20_000, 10_000)]


def half_and_half(width=400, height=300):
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), COLOURS["blue"])
    image.paste(COLOURS["red"], (0, 0, width // 2, height))
    return image


def encoded(image):
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def heats():
    return HeatmapBuilder(lambda _: encoded(half_and_half()))


def look(heats, embedder, text, **fields):
    record = a_record(**{"width": 400, "height": 300} | fields)
    return list(heats.build(record, embedder.embed_texts([text])[0], embedder))


def grid(found):
    return np.array(found.values).reshape(found.rows, found.columns)


class TestParts:
    @pytest.mark.parametrize("size", SHAPES)
    def test_are_squares_inside_the_picture_and_not_too_many(self, size):
        width, height = size
        found = parts(width, height)
        assert 1 < len(found) <= 40
        for left, top, across, down in found:
            assert across * width == pytest.approx(down * height)
            assert min(left, top) >= 0
            assert max(left + across, top + down) <= 1 + 1e-9

    @pytest.mark.parametrize("size", SHAPES[:4])
    def test_cover_every_place_twice(self, size):
        found = parts(*size)
        sizes = {round(part.width, 9) for part in found}
        for x, y in np.random.default_rng(0).random((200, 2)):
            around = {
                round(width, 9)
                for left, top, width, height in found
                if left <= x <= left + width and top <= y <= top + height
            }
            assert around == sizes


class TestMap:
    @pytest.mark.parametrize("size", SHAPES)
    def test_has_the_shape_of_the_picture(self, size):
        found = heat(*size, parts(*size), np.arange(len(parts(*size))) / 100)  # type: ignore[call-arg]
        assert max(found.rows, found.columns) == 24
        assert len(found.values) == found.rows * found.columns
        assert (min(found.values), max(found.values)) == (0.0, 1.0)

    def test_of_cosines_that_are_all_the_same_nothing_stands_out(self):
        regions = parts(400, 300)
        assert set(heat(400, 300, regions, np.full(len(regions), 0.3)).values) == {0.0}

    def test_one_part_that_matches_is_the_warmest(self):
        regions = parts(400, 300)
        cosines = np.zeros(len(regions))
        cosines[-1] = 0.3
        warm = grid(heat(400, 300, regions, cosines))
        row, column = np.unravel_index(warm.argmax(), warm.shape)
        assert row > 0.7 * warm.shape[0]
        assert column > 0.7 * warm.shape[1]


class TestLooking:
    @pytest.mark.parametrize(("text", "warm", "cold"), [("red", slice(0, 8), slice(16, 24))])
    def test_the_part_that_is_meant_is_warm(self, heats, embedder, text, warm, cold):
        found = grid(look(heats, embedder, text)[-1])
        assert found[:, warm].min() > 0.8
        assert found[:, cold].max() < 0.2
        other = grid(look(heats, embedder, "blue")[-1])
        assert other[:, warm].max() < 0.2
        assert other[:, cold].min() > 0.8

    def test_tells_how_far_it_is(self, heats, embedder):
        *steps, last = look(heats, embedder, "red")
        count = len(parts(400, 300))
        assert steps[0] == HeatmapProgress(0, count)
        assert steps[-1] == HeatmapProgress(count, count)
        assert [step.done for step in steps] == sorted(step.done for step in steps)
        assert len(steps) > 3
        assert isinstance(last, Heat)

    def test_parts_are_embedded_once_for_all_queries(self, heats, embedder):
        first = look(heats, embedder, "red")
        before = embedder.embedded_images
        assert look(heats, embedder, "red") == first
        assert look(heats, embedder, "blue") != first
        assert embedder.embedded_images == before

    def test_what_was_broken_off_goes_on(self, heats, embedder):
        query = embedder.embed_texts(["red"])[0]
        record = a_record(width=400, height=300)
        steps = heats.build(record, query, embedder)
        for _ in range(3):
            next(steps)
        steps.close()
        assert 0 < embedder.embedded_images < len(parts(400, 300))
        list(heats.build(record, query, embedder))
        assert embedder.embedded_images == len(parts(400, 300))

    def test_another_model_looks_for_itself(self, heats, embedder):
        look(heats, embedder, "red")
        before = embedder.embedded_images
        embedder.model_id = "test/other"
        look(heats, embedder, "red")
        assert embedder.embedded_images == 2 * before

    def test_a_large_picture_is_decoded_no_larger_than_needed(self, embedder):
        sizes = []
        embed = embedder.embed_images

        def note(images):
            sizes.extend(image.size for image in images)
            return embed(images)

        embedder.embed_images = note
        buffer = BytesIO()
        half_and_half(4000, 3000).save(buffer, "JPEG")
        look(HeatmapBuilder(lambda _: buffer.getvalue()), embedder, "red", width=4000, height=3000)
        assert 8 <= min(min(size) for size in sizes) < 400

    def test_a_picture_that_is_gone(self, embedder):
        def read(_):
            raise UnreadableImage("dune.jpg no longer exists.")

        with pytest.raises(UnreadableImage):
            look(HeatmapBuilder(read), embedder, "red")

    @pytest.mark.parametrize("size", [(1, 1), (3, 700), (700, 3)])
    def test_pictures_of_any_shape(self, embedder, size):
        heats = HeatmapBuilder(lambda _: encoded(half_and_half(*size)))
        found = look(heats, embedder, "red", width=size[0], height=size[1])[-1]
        assert all(0 <= value <= 1 for value in found.values)
