"""Results as plain values: complete, the same each time, and JSON whatever files are called."""

import json
from dataclasses import replace
from datetime import datetime

from core.images.describe import Box, Colour
from core.index.records import Hit
from core.search.options import Band
from core.search.output.response import Answer, Duplicate, Item, Milliseconds, answer
from core.search.results import Result, Results, Timings
from tests.records import a_record

CAT = a_record(
    "cat.jpg",
    "/pictures/pets",
    taken_at=datetime(2024, 5, 17, 9, 30),
    camera="Canon EOS R5",
    lens="RF 50mm",
    splits=("train",),
    quality=("dark",),
    clusters=("pets",),
    classes=("cat",),
    duplicates=("kept",),
    gps=(48.123456789, -11.5),
    frames=3,
    boxes=(Box("sofa", 0, 0, 1, 1), Box("cat", 0, 0, 0.5, 0.5), Box("cat", 0.5, 0.5, 0.5, 0.5)),
    tags=("Minka",),
    colours=(Colour("#102030", 0.51239),),
)
RESULTS = Results(
    results=[Result(Hit(CAT, 0.31239), 0.81239, Band.LIKELY, True, True, (Hit(a_record("copy.jpg"), 0.31),))],
    offset=20,
    matched=21,
    at_least=True,
    bands={Band.WEAK: 2, Band.LIKELY: 1},
    no_match=False,
    of_kind=True,
    searched=128,
    collapsed=1,
    has_more=True,
    total=127,
    facets={"label": {"cat": 3, "sofa": 1}, "year": {}},
    timings=Timings(0.0123456, 0.001, 0.0005),
    duplicate_threshold=0.93339,
    read_text="a cat",
    notes=["No picture has the label dog."],
)


def test_everything_that_is_known_is_told():
    told = answer(RESULTS)
    (shown,) = told.pop("results")  # type: ignore[misc]
    assert shown == {
        "id": CAT.id,
        "collection": "",
        "content_hash": CAT.content_hash,
        "name": "cat.jpg",
        "path": "/pictures/pets/cat.jpg",
        "folder": "/pictures/pets",
        "score": 0.3124,
        "strength": 0.812,
        "band": "likely",
        "matches": True,
        "by_name": True,
        "count": 2,
        "others": [
            {
                "id": a_record("copy.jpg").id,
                "collection": "",
                "content_hash": a_record("copy.jpg").content_hash,
                "name": "copy.jpg",
                "path": "/pictures/copy.jpg",
                "score": 0.31,
            }
        ],
        "width": 640,
        "height": 480,
        "format": "JPEG",
        "size": 1234,
        "taken_at": "2024-05-17T09:30:00",
        "camera": "Canon EOS R5",
        "lens": "RF 50mm",
        "gps": [48.123457, -11.5],
        "frames": 3,
        "labels": ["cat", "sofa"],
        "tags": ["Minka"],
        "splits": ["train"],
        "quality": ["dark"],
        "clusters": ["pets"],
        "classes": ["cat"],
        "duplicates": ["kept"],
        "colours": [["#102030", 0.512]],
        "boxes": 3,
    }
    assert told == {
        "offset": 20,
        "judged": True,
        "matched": 21,
        "at_least": True,
        "bands": {"likely": 1, "weak": 2},
        "no_match": False,
        "of_kind": True,
        "searched": 128,
        "collapsed": 1,
        "has_more": True,
        "total": 127,
        "facets": {"label": {"cat": 3, "sofa": 1}, "year": {}},
        "facets_estimated": False,
        "duplicate_threshold": 0.9334,
        "milliseconds": {"embedding": 12.35, "index": 1.0, "ranking": 0.5},
        "read_text": "a cat",
        "notes": ["No picture has the label dog."],
        "location": None,
    }


def test_what_is_not_known_is_null():
    bare = a_record()
    told = answer(replace(RESULTS, results=[Result(Hit(bare, 0.0), None, None, True)], scored=False, bands={}))
    shown = told["results"][0]
    unknown = ("score", "strength", "band", "taken_at", "gps")
    assert [shown[name] for name in unknown] == [None] * len(unknown)  # type: ignore[literal-required]
    assert (shown["labels"], shown["others"], shown["boxes"], shown["count"], told["bands"]) == ([], [], 0, 1, {})


def test_a_score_of_zero_is_a_score():
    told = answer(replace(RESULTS, results=[Result(Hit(a_record(), 0.0), None, None, True)]))
    assert told["results"][0]["score"] == 0.0


def test_what_differs_by_rounding_is_the_same_message():
    (result,) = RESULTS.results
    other = replace(result, hit=Hit(CAT, 0.3123900001), strength=0.8123900001)
    assert json.dumps(answer(replace(RESULTS, results=[other]))) == json.dumps(answer(RESULTS))


def test_whatever_names_hold_it_is_json():
    path, odd = "caf\udce9\u202e\"'\n", "lone\ud800\udce9\n"
    record = a_record(
        f"{path}.png", f"/{path}", camera=odd, lens=odd, format=odd, tags=(odd,), boxes=(Box(odd, 0, 0, 1, 1),)
    )
    result = Result(Hit(record, 0.5), None, None, True, others=(Hit(record, 0.4),))
    told = answer(replace(RESULTS, results=[result], facets={"label": {odd: 1}}, read_text=odd, notes=[odd]))
    assert json.loads(json.dumps(told, ensure_ascii=False, allow_nan=False).encode("utf-8")) == told
    assert told["results"][0]["name"] == "caf�\u202e\"'\n.png"


def test_the_types_say_what_is_there():
    told = answer(RESULTS)
    assert set(told) == Answer.__required_keys__
    assert set(told["milliseconds"]) == Milliseconds.__required_keys__
    assert set(told["results"][0]) == Item.__required_keys__
    assert set(told["results"][0]["others"][0]) == Duplicate.__required_keys__
