"""One component alone, by the script of a page for it, on routes that answer from a collection made up for the gallery.

PYTHONPATH=. COMPONENT_PAGE=gallery_page.py GALLERY_PICTURES=<a folder> streamlit run tests/browser/component_app.py
"""

import asyncio
import json
import math
import os
from collections.abc import AsyncIterator
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from core.api.protection.sockets import QuietSockets
from core.ui.components.modules import module_routes
from tests.browser import check_corpus, duplicates_corpus, labels_corpus
from tests.browser import gallery_corpus as corpus
from tests.browser.map_corpus import MAP_ROUTES

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


async def search(request: Request) -> Response:
    return JSONResponse(corpus.answer(await request.json()))


async def thumbnail(request: Request) -> Response:
    data = await asyncio.to_thread(corpus.picture, request.path_params["digest"], 480)
    return Response(data, media_type="image/webp", headers=_FOREVER)


async def image(request: Request) -> Response:
    data = await asyncio.to_thread(corpus.picture, request.path_params["digest"], 1600)
    return Response(data, media_type="image/webp", headers=_FOREVER)


async def boxes(request: Request) -> Response:
    number = int(request.path_params["id"].removeprefix("id"))
    return Response(corpus.boxed(number), media_type="image/webp", headers=_FOREVER)


async def explain(_: Request) -> Response:
    names = ("zebra", "wild animal", "savanna", "black and white", "herd", "a photo taken at noon", "water")
    concepts = [{"concept": name, "weight": round(0.31 - 0.07 * at, 3)} for at, name in enumerate(names)]
    return JSONResponse({"concepts": concepts})


async def heatmap(_: Request) -> Response:
    return StreamingResponse(_heat(), media_type="application/x-ndjson")


async def _heat(side: int = 6) -> AsyncIterator[str]:
    for done in range(0, side * side + 1, side):
        yield json.dumps({"done": done, "of": side * side}) + "\n"
        await asyncio.sleep(0.05)  # as long as comparing takes
    parts = [(row, column) for row in range(side) for column in range(side)]
    values = [math.exp(-((row - 3) ** 2 + (column - 2) ** 2) / 4) for row, column in parts]
    yield json.dumps({"columns": side, "rows": side, "values": values}) + "\n"


async def exports(request: Request) -> Response:
    asked = await request.json()
    return JSONResponse(
        {"url": f"/exports/token/pictures.{asked['format']}", "count": len(asked.get("ids") or range(39))}, 201
    )


async def exported(_: Request) -> Response:
    return Response("what was asked for", headers={"Content-Disposition": "attachment; filename=pictures.csv"})


async def tags(request: Request) -> Response:
    return JSONResponse({"changed": len((await request.json())["ids"])})


async def pictures(request: Request) -> Response:
    return JSONResponse({"pictures": [corpus.known(id_) for id_ in (await request.json())["ids"]]})


async def healthz(_: Request) -> Response:
    return JSONResponse({})


ROUTES = [
    *module_routes(""),
    *MAP_ROUTES,
    Route("/healthz", healthz),
    Route("/thumbnails/{digest}", thumbnail),
    Route("/images/{digest}", image),
    Route("/boxes/{id}", boxes),
    Route("/api/v1/search", search, methods=["POST"]),
    Route("/api/v1/explain", explain, methods=["POST"]),
    Route("/api/v1/heatmap", heatmap, methods=["POST"]),
    Route("/api/v1/exports", exports, methods=["POST"]),
    Route("/api/v1/tags", tags, methods=["POST"]),
    Route("/api/v1/pictures", pictures, methods=["POST"]),
    *duplicates_corpus.ROUTES,
    *check_corpus.ROUTES,
    *labels_corpus.ROUTES,
    Route("/exports/token/{name}", exported),
]
if page := os.environ.get("COMPONENT_PAGE"):
    app = st.App(Path(__file__).with_name(page), routes=ROUTES, middleware=[Middleware(QuietSockets)])
