"""Pictures that are answered: small, large, and with their boxes."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.images.describe import Box


def test_thumbnails_may_be_cached_for_ever(client, red):
    answer = client.get(f"/thumbnails/{red.content_hash}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]


def test_a_thumbnail_that_was_deleted_is_made_again(client, services, red):
    services.thumbnails.remove(red.content_hash)
    assert client.get(f"/thumbnails/{red.content_hash}").status_code == 200


def test_the_large_view_is_a_webp(client, red):
    answer = client.get(f"/images/{red.content_hash}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert answer.content[8:12] == b"WEBP"


def test_the_large_view_of_a_file_that_is_gone(client, red, tmp_path):
    (tmp_path / "pictures" / "red.png").unlink()
    answer = client.get(f"/images/{red.content_hash}")
    assert answer.status_code == 422
    assert "red.png" in answer.json()["error"]


@pytest.mark.parametrize("digest", ["0" * 64, "x", "..%2f..%2fetc%2fpasswd", "A" * 64])
@pytest.mark.parametrize("kind", ["thumbnails", "images"])
def test_an_unknown_picture_is_not_found(client, kind, digest):
    assert client.get(f"/{kind}/{digest}").status_code == 404


class TestBoxes:
    def test_are_drawn_into_the_large_view(self, client, boxed):
        answer = client.get(f"/boxes/{boxed.id}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
        assert "immutable" not in answer.headers["cache-control"]
        with Image.open(BytesIO(answer.content)) as image:
            assert image.size == (900, 600)
            pixels = np.asarray(image.convert("RGB")).astype(int)
        assert np.abs(pixels[100, 100] - [255, 0, 0]).max() < 40
        assert np.abs(pixels[450, 450] - [255, 0, 0]).max() > 40  # the lower edge of the box

    def test_of_large_pictures_no_more_than_a_view_has(self, client, picture, index_pictures, services, change):
        picture("blue.png", size=(3000, 1500))
        index_pictures()
        record = change(next(services.index.records())[0], boxes=(Box("sky", 0, 0, 1, 1),))
        with Image.open(BytesIO(client.get(f"/boxes/{record.id}").content)) as image:
            assert image.size == (1600, 800)

    def test_a_picture_without_any(self, client, red):
        assert client.get(f"/boxes/{red.id}").status_code == 404

    @pytest.mark.parametrize("record_id", ["0" * 32, "x", "..%2f..%2fetc%2fpasswd", "A" * 32, "0" * 64])
    def test_no_record(self, client, record_id):
        assert client.get(f"/boxes/{record_id}").status_code == 404

    def test_a_file_that_is_gone(self, client, boxed, tmp_path):
        (tmp_path / "pictures" / "red.png").unlink()
        answer = client.get(f"/boxes/{boxed.id}")
        assert answer.status_code == 422
        assert "red.png" in answer.json()["error"]
