"""A check of files that answers as the app's routes do: the names alone say what each is found to be."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.browser.gallery_corpus import hash_of

_names: dict[str, str] = {}


async def _file(request: Request) -> Response:
    name = request.query_params["name"]
    if not await request.body():
        return JSONResponse({"error": "The file is empty."}, 400)
    id_ = hash_of(len(_names))
    _names[id_] = name
    return JSONResponse({"id": id_, "name": name}, 201)


async def _check(request: Request) -> Response:
    asked = await request.json()
    here = {hash_of(at): f"{at} new.jpg" for at in range(200, 240)}
    names = {id_: _names[id_] for id_ in asked["ids"]} if "ids" in asked else here
    return StreamingResponse(_lines(names), media_type="application/x-ndjson")


async def _lines(names: dict[str, str]) -> AsyncIterator[str]:
    for done, (id_, name) in enumerate(names.items(), 1):
        await asyncio.sleep(0)
        yield json.dumps({"total": len(names), "done": done, "checked": [_checked(id_, name)]}) + "\n"


def _checked(id_: str, name: str) -> dict[str, Any]:
    answer = next((one for one in ("same-file", "same-picture", "look-alike", "unreadable") if one in name), "new")
    match = {"id": "id4", "name": "picture-004.jpg", "path": "/pictures/4/picture-004.jpg", "content_hash": hash_of(4)}
    return {
        **{"path": name, "name": name.rpartition("/")[2], "answer": answer, "cosine": 0.95},
        "match": match if answer not in {"new", "unreadable"} else None,
        "how": "half the size" if answer == "same-picture" else "",
        "reason": "The file ends too early." if answer == "unreadable" else "",
        **{"content_hash": id_, "size": 1_000, "width": 640, "height": 480},
    }


ROUTES = [
    Route("/api/v1/check", _check, methods=["POST"]),
    Route("/api/v1/check/files", _file, methods=["POST"]),
]
