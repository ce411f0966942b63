"""What people note down: tags of pictures, and searches to come back to."""

from collections.abc import Callable
from dataclasses import asdict
from itertools import batched

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.api.answering import Refusal, read_json, refuse_foreign
from core.api.bodies import SavedBody, TagsBody
from core.index.tags import change_tags
from core.services import Services

_AT_ONCE = 500  # records that are looked up


class Keeping:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    async def tag(self, request: Request) -> Response:
        asked = await read_json(request, TagsBody)
        index, ids = self._services().index, list(dict.fromkeys(asked.ids))

        def change() -> dict[str, int]:
            known = sum(len(index.get(some)) for some in batched(ids, _AT_ONCE))
            changed = change_tags(index, ids, asked.add, asked.remove)
            return {"changed": changed, "unchanged": max(0, known - changed), "missing": len(ids) - known}

        return JSONResponse(await run_in_threadpool(change))

    async def saved(self, _: Request) -> Response:
        searches = await run_in_threadpool(self._services().saved.all)
        return JSONResponse([asdict(search) for search in searches])

    async def save(self, request: Request) -> Response:
        asked = await read_json(request, SavedBody)
        search = await run_in_threadpool(self._services().saved.save, asked.name, asked.address)
        return JSONResponse(asdict(search), 201)

    async def delete(self, request: Request) -> Response:
        refuse_foreign(request)
        if not await run_in_threadpool(self._services().saved.delete, request.path_params["id"]):
            raise Refusal(404, "There is no such saved search.", "It may have been deleted already.")
        return Response(status_code=204)
