"""What is known of pictures, by the ids of their records."""

import pytest

from core.images.boxes import label_colour
from core.images.describe import Box
from core.search.output.pictures import MAX_BOXES


def pictures(client, *ids):
    answer = client.post("/api/v1/pictures", json={"ids": list(ids)})
    assert answer.status_code == 200
    return answer.json()["pictures"]


def test_all_is_told_with_what_is_where(client, boxed, change):
    change(boxed, boxes=(Box("cat", 0.25, 0.5, 0.125, 0.25), Box("\udcff<b>", 0, 0, 1, 1)))
    [told] = pictures(client, boxed.id)
    assert (told["id"], told["name"], told["boxes"]) == (boxed.id, "red.png", 2)
    large, small = told["labelled_boxes"]
    assert small == {
        **{"label": "cat", "colour": label_colour("cat")},
        **{"left": 0.25, "top": 0.5, "width": 0.125, "height": 0.25},
    }
    assert large["label"].endswith("<b>")


def test_in_the_order_that_was_asked_for_without_those_that_are_gone(client, corpus):
    ids = [record.id for record in corpus.values()]
    asked = [*reversed(ids), "0" * 32, ids[0]]
    assert [told["id"] for told in pictures(client, *asked)] == list(reversed(ids))


def test_of_very_many_boxes_the_largest(client, boxed, change):
    change(boxed, boxes=tuple(Box("x", 0, 0, at / 1000, 0.5) for at in range(MAX_BOXES + 50)))
    [told] = pictures(client, boxed.id)
    assert told["boxes"] == MAX_BOXES + 50
    assert [box["width"] for box in told["labelled_boxes"]] == [at / 1000 for at in reversed(range(50, MAX_BOXES + 50))]


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": ["x"]}, {"ids": ["0" * 32] * 501}, {"ids": "0" * 32}])
def test_what_is_no_id_is_refused(client, red, body):
    assert client.post("/api/v1/pictures", json=body).status_code == 400
