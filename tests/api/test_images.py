"""Pictures that are answered: small, large, and with their boxes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.api import images
from core.images.describe import Box


def test_thumbnails_may_be_cached_for_ever(client, red):
    answer = client.get(f"/thumbnails/{red.content_hash}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"].startswith("private, ")
    assert "immutable" in answer.headers["cache-control"]


def test_a_thumbnail_of_an_earlier_version_is_a_webp(client, services, red):
    path = services.thumbnails.path(red.content_hash)
    Image.open(path).save(path.with_suffix(".webp"))
    path.unlink()
    answer = client.get(f"/thumbnails/{red.content_hash}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")


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


class TestDecoding:
    """What is slow and large is done once."""

    @pytest.fixture
    def decoded(self, monkeypatch):
        """The names of the pictures that were decoded; each takes a while."""
        names, opened = [], images.open_upright  # type: ignore[attr-defined]

        def slow(data, name, enough=None):
            names.append(name)
            threading.Event().wait(0.2)
            return opened(data, name, enough)

        monkeypatch.setattr(images, "open_upright", slow)
        return names

    @pytest.mark.parametrize("kind", ["images", "boxes", "thumbnails"])
    def test_for_all_who_ask_at_once(self, client, services, boxed, decoded, kind):
        services.thumbnails.remove(boxed.content_hash)
        path = f"/{kind}/{boxed.id if kind == 'boxes' else boxed.content_hash}"
        with client, ThreadPoolExecutor(20) as clients:
            answers = list(clients.map(client.get, [path] * 20))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        assert decoded == ["red.png"]

    def test_and_kept(self, client, red, decoded):
        assert client.get(f"/images/{red.content_hash}").content == client.get(f"/images/{red.content_hash}").content
        assert decoded == ["red.png"]

    def test_but_not_shown_once_it_is_removed(self, client, services, red):
        assert client.get(f"/images/{red.content_hash}").status_code == 200
        services.index.delete([red.id])
        assert client.get(f"/images/{red.content_hash}").status_code == 404

    def test_boxes_that_were_edited_are_drawn_anew(self, client, boxed, change, decoded):
        before = client.get(f"/boxes/{boxed.id}").content
        change(boxed, boxes=(Box("red thing", 0.5, 0.5, 0.25, 0.25),))
        assert client.get(f"/boxes/{boxed.id}").content != before

    def test_a_failure_is_told_to_all_and_tried_again(self, client, red, tmp_path):
        data = (tmp_path / "pictures" / "red.png").read_bytes()
        (tmp_path / "pictures" / "red.png").unlink()
        assert client.get(f"/images/{red.content_hash}").status_code == 422
        (tmp_path / "pictures" / "red.png").write_bytes(data)
        assert client.get(f"/images/{red.content_hash}").status_code == 200
