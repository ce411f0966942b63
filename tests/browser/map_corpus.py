"""A map of made-up points that answers as the app's routes do, without index: as many as are asked for."""

import json
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.analysis.map.container import packed
from tests.browser import gallery_corpus as corpus

CLUSTERS = 12
HOSTILE = "<img src=x onerror=alert(1)>"
NAMES = ("dogs on grass", "red cars", "kitchens", "snow", HOSTILE, "street at night", "boats", "people eating")
VERSION = "made-up"

selections: dict[str, NDArray[np.uint32]] = {}
asked: list[str] = []


@cache
def made(count: int) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    """Places and clusters: around the middles of these, and some anywhere."""
    random = np.random.default_rng(7)
    middles = random.uniform(-0.8, 0.8, (CLUSTERS, 2))
    cluster = random.integers(0, CLUSTERS + 1, count).astype(np.uint32)
    spread = random.uniform(0.03, 0.12, CLUSTERS)
    around = np.vstack([[0.0, 0.0], middles])[cluster]
    width = np.concatenate([[0.45], spread])[cluster][:, None]
    return np.clip(around + random.normal(0, 1, (count, 2)) * width, -1, 1).astype(np.float32), cluster


def info(count: int) -> dict[str, Any]:
    xy, _ = made(count)
    bounds = [*map(float, xy.min(axis=0)), *map(float, xy.max(axis=0))]
    return {"version": f"{VERSION}-{count}", "layout": VERSION, "points": count, "clusters": CLUSTERS, "bounds": bounds}


def _count(request: Request) -> int:
    return int(request.query_params.get("points", "300"))


async def status(request: Request) -> Response:
    return JSONResponse({"colours": ["cluster", "label", "brightness"]})


async def points(request: Request) -> Response:
    xy, cluster = made(_count(request))
    return Response(packed({"n": len(xy)}, {"xy": xy, "cluster": cluster}))


async def clusters(request: Request) -> Response:
    xy, cluster = made(_count(request))
    told = [_cluster(number, xy[cluster == number]) for number in range(1, CLUSTERS + 1)]
    told.sort(key=lambda one: -one["size"])
    return JSONResponse({"levels": 1, "outside": int((cluster == 0).sum()), "clusters": told})


def _cluster(number: int, xy: NDArray[np.float32]) -> dict[str, Any]:
    middle = xy.mean(axis=0)
    name = NAMES[number - 1] if number <= len(NAMES) else f"cluster {number}"
    covers = [
        {"id": f"id{at}", "content_hash": corpus.hash_of(at), "name": f"{at}.jpg", "point": at} for at in range(4)
    ]
    return {
        "number": number,
        "name": name,
        "named_by": "concepts",
        "concepts": [name, "outdoors"],
        "size": len(xy),
        "level": 0,
        "parent": 0,
        "x": float(middle[0]),
        "y": float(middle[1]),
        "radius": float(np.median(np.linalg.norm(xy - middle, axis=1))),
        "bounds": [*map(float, xy.min(axis=0)), *map(float, xy.max(axis=0))],
        "covers": covers,
        "filter": f'cluster:"{name}"',
    }


async def rename(request: Request) -> Response:
    number, name = int(request.path_params["number"]), (await request.json())["name"]
    xy, cluster = made(_count(request))
    return JSONResponse(_cluster(number, xy[cluster == number]) | {"name": name or NAMES[number - 1]})


async def colours(request: Request) -> Response:
    xy, cluster = made(_count(request))
    by = request.path_params["by"]
    if by == "brightness":
        return Response(packed({"by": by, "kind": "number", "low": -1.0, "high": 1.0}, {"number": xy[:, 0].copy()}))
    legend = [
        {"value": NAMES[at], "count": int((cluster == at + 1).sum()), "filter": ""} for at in range(min(8, CLUSTERS))
    ]
    category = np.where(cluster > 8, 255, cluster).astype(np.uint8)
    rest = {"other": int((cluster > 8).sum()), "none": int((cluster == 0).sum())}
    return Response(packed({"by": by, "kind": "category", "legend": legend, **rest}, {"category": category}))


async def hits(request: Request) -> Response:
    """Of words: those of the second cluster."""
    xy, cluster = made(_count(request))
    found = np.flatnonzero(cluster == 2).astype(np.uint32)
    strengths = np.linspace(1, 0.2, len(found), dtype=np.float32)
    middle = xy[found].mean(axis=0)
    query = {"x": float(middle[0]), "y": float(middle[1]), "spread": 0.1, "said": "Placed where its hits are"}
    arrays = {"points": found, "scores": strengths, "strengths": strengths}
    return Response(packed({"count": len(found), "query": query}, arrays))


async def pictures(request: Request) -> Response:
    points: list[int] = (await request.json())["points"]
    return JSONResponse({"pictures": [_picture(point) for point in points]})


def _picture(point: int) -> dict[str, Any]:
    return {
        "point": point,
        "id": f"id{point}",
        "content_hash": corpus.hash_of(point % corpus.SIZE),
        "name": HOSTILE if point == 0 else f"img{point:06}.jpg",
        "folder": "/photos/2024",
        "labels": ["dog"],
        "tags": [],
        "width": 640,
        "height": 480,
    }


async def select(request: Request) -> Response:
    body = await request.json()
    xy, cluster = made(_count(request))
    asked.append(json.dumps(body))
    if "clusters" in body:
        inside = np.isin(cluster, body["clusters"])
    elif "points" in body:
        inside = np.isin(np.arange(len(xy)), body["points"])
    else:
        corners = np.array(body.get("lasso") or [[body["box"][at] for at in pair] for pair in ((0, 1), (2, 3))])
        inside = ((xy >= corners.min(axis=0)) & (xy <= corners.max(axis=0))).all(axis=1)
    if "base" in body:
        inside[selections[body["base"]]] = True
    found = np.flatnonzero(inside).astype(np.uint32)
    id_ = f"s{len(selections)}"
    selections[id_] = found
    return JSONResponse({"id": id_, "name": "", "count": len(found), "filter": f"selection:{id_}"}, 201)


async def selected(request: Request) -> Response:
    return Response(packed({}, {"points": selections[request.path_params["id"]]}))


async def ids(request: Request) -> Response:
    return PlainTextResponse("".join(f"id{point}\n" for point in selections[request.path_params["id"]]))


MAP_ROUTES = [
    Route("/api/v1/map", status),
    Route("/api/v1/map/points", points),
    Route("/api/v1/map/clusters", clusters),
    Route("/api/v1/map/clusters/{number}", rename, methods=["PATCH"]),
    Route("/api/v1/map/colours/{by}", colours),
    Route("/api/v1/map/hits", hits),
    Route("/api/v1/map/pictures", pictures, methods=["POST"]),
    Route("/api/v1/map/selections", select, methods=["POST"]),
    Route("/api/v1/map/selections/{id}/points", selected),
    Route("/api/v1/map/selections/{id}/ids", ids),
]
