"""Why and where a picture matches a search."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict

import anyio
from fastapi.responses import StreamingResponse
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool

from core.api.http import error_body
from core.api.v1.description.openapi import JSON_LINES
from core.api.v1.requests.search import ImageBody
from core.api.v1.responses import Concepts, Weighted
from core.errors import ImageSearchError
from core.search.explain.heatmap import Heat, HeatmapProgress
from core.services import Services

_DECIMALS = 3


class Explaining:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services
        self._looking = anyio.CapacityLimiter(1)  # each keeps the model busy for a while, and searches need it too

    def explain(self, asked: ImageBody) -> Concepts:
        concepts = self._services().explain(asked.search.query, asked.image)
        return Concepts(
            concepts=[Weighted(concept=one.concept, weight=round(one.weight, _DECIMALS)) for one in concepts]
        )

    async def heatmap(self, asked: ImageBody) -> StreamingResponse:
        """Lines of JSON: the progress, and finally the map; or an error, if something goes wrong on the way."""
        steps = await run_in_threadpool(self._services().heat, asked.search.query, asked.image)
        first = await run_in_threadpool(next, steps)
        lines = self._lines(first, steps)
        return StreamingResponse(lines, media_type=JSON_LINES, headers={"Cache-Control": "no-store"})

    async def _lines(self, first: HeatmapProgress | Heat, rest: Iterator[HeatmapProgress | Heat]) -> AsyncIterator[str]:
        """Ends where its reader is gone, after the batch that is being embedded."""
        yield _line(first)
        try:
            async with self._looking:
                async for step in iterate_in_threadpool(rest):
                    yield _line(step)
        except ImageSearchError as error:
            yield json.dumps(error_body(error)) + "\n"


def _line(step: HeatmapProgress | Heat) -> str:
    values = asdict(step)
    if isinstance(step, Heat):
        values["values"] = [round(value, _DECIMALS) for value in step.values]
    return json.dumps(values) + "\n"
