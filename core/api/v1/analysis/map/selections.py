"""Selections: pictures that were chosen on the map."""

from collections.abc import Callable

import numpy as np
from fastapi import Request
from fastapi.responses import JSONResponse, Response

from core.access.needs import actor
from core.analysis.map.maps import Choice
from core.analysis.map.selections import Selection
from core.api.http import Refusal
from core.api.v1.analysis.map import replies
from core.api.v1.analysis.map.arrays import passing
from core.api.v1.analysis.map.telling import selection_reply
from core.index.chosen.ids import IdSet
from core.services import Services


class SelectionRoutes:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def add(self, asked: replies.SelectionBody, request: Request) -> JSONResponse:
        """Those without a name are kept until there are many newer ones. One of the same name is replaced."""
        maps, by = self._services().analysis.map, actor(request)
        choice = Choice(asked.box or (), asked.lasso or (), asked.clusters, asked.points)
        made = maps.select(
            choice, asked.name, ids=asked.ids, base=asked.base, mode=asked.mode, version=asked.version or None, by=by
        )
        if made.name:
            self._services().audit.note(by, "Kept a selection", made.name)
        return JSONResponse(selection_reply(made).model_dump(), 201)

    def list(self) -> list[replies.SelectionReply]:
        """The newest first."""
        return list(map(selection_reply, self._services().analysis.map.selections.all()))

    def show(self, id: str) -> replies.SelectionReply:
        return selection_reply(self._found(id))

    def ids(self, id: str) -> Response:
        """The ids of its records, one on each line."""
        return Response("".join(f"{one}\n" for one in self._ids(id)), media_type="text/plain; charset=utf-8")

    def points(self, id: str, v: str = "") -> Response:
        """Those that are on the map, as point numbers."""
        made = self._services().analysis.map.at(v or None)
        points = np.flatnonzero(self._ids(id).among(made.digits)).astype(np.uint32)
        about = {"version": made.version, "count": len(points)}
        return passing((about, {"points": points}))

    def rename(self, id: str, asked: replies.NameBody, request: Request) -> replies.SelectionReply:
        """Under a name it is kept until it is deleted."""
        selections = self._services().analysis.map.selections
        renamed = selections.rename(self._found(id).id, asked.name)
        self._services().audit.note(actor(request), "Kept a selection", renamed.name)
        return selection_reply(renamed)

    def delete(self, id: str, request: Request) -> Response:
        found = self._found(id)
        self._services().analysis.map.selections.delete(found.id)
        self._services().audit.note(actor(request), "Deleted a selection", found.name or found.id)
        return Response(status_code=204)

    def _found(self, id_: str) -> Selection:
        found = self._services().analysis.map.selections.find(id_)
        if found is None:
            raise Refusal(404, "There is no such selection.", "Choose the pictures again.")
        return found

    def _ids(self, id_: str) -> IdSet:
        found = self._services().analysis.map.selections.ids(id_)
        if found is None:
            raise Refusal(404, "There is no such selection.", "Choose the pictures again.")
        return found
