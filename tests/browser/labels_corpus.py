"""A dataset that answers as the routes about labels do, without a check: twelve pictures, some labelled wrong."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.browser.gallery_corpus import hash_of

COUNT = 12
KINDS = ("cat", "dog", "traffic light")
WORK = {"state": "ready", "job": 1, "said": "", "share": None}
PRECISION = {"right": 37, "looked_at": 40, "low": 0.8, "high": 0.97, "words": "Of 40 looked at 37 right: 80–97 %"}

decisions: dict[str, dict[str, str]] = {}
"""What was said, by content hash."""


def shown(at: int) -> dict[str, Any]:
    return {
        "id": f"id{at}",
        "content_hash": hash_of(at),
        "name": f"picture {at}.jpg",
        "path": f"/pictures/picture {at}.jpg",
        "width": 640,
        "height": 480,
        "labels": [KINDS[at % 3]],
        "tags": [],
        "splits": ["train" if at % 2 else "val"],
    }


def suspicious(at: int) -> dict[str, Any]:
    return {
        "picture": shown(at),
        "label": KINDS[at % 3],
        "quality": 0.02 + at / 50,
        "looks_like": [{"label": KINDS[(at + 1) % 3], "probability": 0.9 - at / 50}],
        "neighbours": [shown((at + step) % COUNT) for step in range(1, 4)],
        "boxes": [{"label": KINDS[at % 3], "left": 0.2, "top": 0.2, "width": 0.4, "height": 0.5}],
        "decision": decisions.get(hash_of(at)),
    }


def classes() -> dict[str, Any]:
    rows = [
        {
            "name": kind,
            "words": kind,
            "threshold": None,
            "suggested": 2.5,
            "used": 2.5,
            "count": 4,
            "yes": 37,
            "no": 3,
            "precision": PRECISION,
        }
        for kind in KINDS
    ]
    one = {"id": 1, "name": "animals", "exclusive": False, "applied": True, "tags": False, "classes": rows}
    return {"work": WORK, "lists": [one], "labels": list(KINDS), "clusters": []}


def of_class(name: str) -> dict[str, Any]:
    scored = [{**shown(at), "score": 4.0 - at / 2, "right": {0: True, 1: False}.get(at)} for at in range(8)]
    curve = [[4.0 - at, at] for at in range(5)]
    return {"name": name, "threshold": 2.5, "suggested": 2.5, "total": 8, "curve": curve, "pictures": scored}


def picked(count: int) -> dict[str, Any]:
    return {
        "pictures": [{**shown(at), "kind": ""} for at in range(count)],
        "ids": [f"id{at}" for at in range(count)],
        "counts": {},
        "pool": COUNT,
        "of": COUNT,
        "farthest": 0.4,
        "mean": 0.2,
        "said": f"Picked {count} of {COUNT} pictures.",
        "notes": [],
    }


PAIRS = [{"level": "bytes", "words": "the same file", "cosine": 1.0, "one": shown(0), "other": shown(1)}]
ANSWERS: dict[str, Any] = {
    "labels/check": {
        "work": WORK,
        "made": 1.0,
        "pictures": COUNT,
        "labelled": COUNT - 2,
        "labels": len(KINDS),
        "splits": {"train": 6, "val": 6},
        "suspicious": 3,
        "missing": 1,
        "leaks": {"bytes": 1},
        "unlabelled": 2,
        "behind": 0,
    },
    "labels/leakage": {"known": True, "levels": {"bytes": 1}, "total": 1, "pairs": PAIRS},
    "labels/balance": {
        "splits": ["train", "val"],
        "rows": [
            {"label": kind, "pictures": {"train": 2, "val": 2}, "boxes": {"train": 3, "val": 2}} for kind in KINDS
        ],
        "notes": ["cat is in 4 pictures, dog in 4."],
    },
    "labels/boxes": {
        "boxes": 15,
        "labelled": COUNT - 2,
        "per_picture": 1.5,
        "heat": [[row + column for column in range(8)] for row in range(8)],
        "sizes": [{"words": "under 1 %", "count": 3}, {"words": "1 to 10 %", "count": 12}],
        "problems": {"tiny": 2},
    },
    "labels/boxes/problems": [{"picture": shown(0), "boxes": suspicious(0)["boxes"], "words": "5 × 4 pixels"}],
    "labels/unlabelled": {
        "total": 2,
        "rows": [{"picture": shown(at), "label": KINDS[at % 3], "probability": 0.8} for at in (2, 5)],
    },
}


async def told(request: Request) -> Response:
    return JSONResponse(ANSWERS[request.url.path.removeprefix("/api/v1/")])


async def suspects(request: Request) -> Response:
    rows = [suspicious(at) for at in range(3)] if request.query_params["kind"] == "given" else []
    return JSONResponse({"total": len(rows), "issues": len(rows), "reviewed": len(decisions), "rows": rows})


async def decide(request: Request) -> Response:
    for one in (await request.json())["decisions"]:
        if one["verdict"] is None:
            decisions.pop(one["content_hash"], None)
        else:
            decisions[one["content_hash"]] = {name: one[name] for name in ("verdict", "replacement")}
    return JSONResponse({"kept": len(decisions)})


async def lists(_: Request) -> Response:
    return JSONResponse(classes())


async def class_pictures(request: Request) -> Response:
    return JSONResponse(of_class(request.query_params["name"]))


async def picks(request: Request) -> Response:
    return JSONResponse(picked(min(COUNT, (await request.json())["count"])))


ROUTES = [
    Route("/api/v1/labels/suspicious", suspects),
    Route("/api/v1/labels/decisions", decide, methods=["POST"]),
    *(Route(f"/api/v1/{path}", told) for path in ANSWERS),
    Route("/api/v1/classes", lists),
    Route("/api/v1/classes/1/pictures", class_pictures),
    Route("/api/v1/picks", picks, methods=["POST"]),
]
