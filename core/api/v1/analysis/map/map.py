"""The map: what goes on with it, its points, clusters and colours, the results of a search lit."""

from collections.abc import Callable
from typing import Annotated

import numpy as np
from fastapi import Query as Parameters
from fastapi import Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from core.access.needs import actor
from core.analysis.map.colours import COLOURS
from core.analysis.map.model import Map
from core.analysis.map.table import as_csv
from core.api.asked import with_collection
from core.api.http import Refusal
from core.api.paths import API
from core.api.v1.analysis.map import arrays, replies
from core.api.v1.analysis.map.telling import cluster_reply, map_info, map_job
from core.search.language.url import from_params
from core.services import Services
from core.text.names import utf8_safe
from core.text.words import pictures

_CSV = "text/csv; charset=utf-8; header=present"


class MapRoutes:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def status(self, request: Request) -> replies.MapStatus:
        """The map there is, what goes on, and where its parts are."""
        services = self._services()
        found = services.analysis.map.status()
        below = request.scope.get("root_path", "")
        parts = ("points", "ids", "clusters") if found.map else ()
        version = found.map.version if found.map else ""
        return replies.MapStatus(
            state=found.state,
            map=map_info(found) if found.map else None,
            job=map_job(found.job),
            colours=_coloured_by(services) if found.map else [],
            urls={name: _versioned(with_collection(f"{below}{API}/map/{name}"), version) for name in parts},
        )

    def build(self, asked: replies.MapBody, request: Request) -> JSONResponse:
        """It is done in the background; the answer names the job."""
        job = self._services().analysis.map.build(again=asked.again, by=actor(request))
        return JSONResponse({"job": job}, 202)

    def points(self, request: Request, v: str = "") -> Response:
        """Where the points are, and the finest cluster of each. With `v` the answer can be kept forever."""
        made = self._map(v)
        about = {"version": made.version, "layout": made.layout, "n": made.size, "bounds": made.bounds}
        return arrays.fixed(
            request, made, v, lambda: (about, {"xy": made.points, "cluster": made.finest.astype(np.uint32)})
        )

    def ids(self, request: Request, v: str = "") -> Response:
        """The record of each point: 16 bytes, the digits of its id."""
        made = self._map(v)
        about = {"version": made.version, "n": made.size}
        return arrays.fixed(request, made, v, lambda: (about, {"ids": made.ids}))

    def clusters(self, request: Request, v: str = "") -> Response:
        """By level, the largest first."""
        made, services = self._map(v), self._services()
        tag = arrays.tag(made.version, *(f"{one.number} {one.name} {one.named_by}" for one in made.clusters))
        if arrays.is_known(request, tag):
            return arrays.not_changed(tag)
        covers = list(dict.fromkeys(cover.id for one in made.clusters for cover in one.covers))
        names = {record.id: utf8_safe(record.name) for record in services.index.get(covers)}
        told = replies.Clusters(
            version=made.version,
            levels=len(made.levels),
            outside=int((made.finest == 0).sum()),
            clusters=[cluster_reply(one, names) for one in made.clusters],
        )
        return JSONResponse(told.model_dump(), headers={"ETag": tag, **arrays.EACH_TIME})

    def rename(self, number: int, asked: replies.NameBody, request: Request) -> replies.ClusterReply:
        """What people call a cluster outlasts new maps; the pictures in it are found by its new name."""
        services = self._services()
        renamed = services.analysis.map.rename(number, asked.name, asked.version or None, by=actor(request))
        services.audit.note(actor(request), "Named a cluster", renamed.name)
        covers = services.index.get([cover.id for cover in renamed.covers])
        return cluster_reply(renamed, {record.id: utf8_safe(record.name) for record in covers})

    def colours(self, by: str, request: Request, v: str = "", legend: bool = False) -> Response:
        """A category or a number for each point, with its legend; `legend=1`: that alone, as JSON."""
        if by not in COLOURS:
            raise Refusal(404, "Points cannot be coloured by that.", f"Use one of {', '.join(COLOURS)}.")
        made = self._map(v)
        contents = arrays.coloured(made, by, self._services().analysis.map.colour(by, v or None))
        if legend:
            return JSONResponse(contents[0], headers=arrays.EACH_TIME)
        return arrays.changing(request, made, contents)

    def hits(self, params: Annotated[replies.HitsParams, Parameters()], request: Request) -> Response:
        """The points of those that match a search, the best first, and where the search itself would stand."""
        given = request.query_params
        search = from_params({name: given.getlist(name) for name in given})
        made = self._map(params.v)
        found = self._services().analysis.map.hits(search, params.limit, made.version)
        return arrays.passing(arrays.lit(made, found))

    def shown(self, asked: replies.PointsBody) -> replies.MapPictures:
        made, services = self._map(asked.version), self._services()
        points = {made.digits[point].decode(): point for point in asked.points if point < made.size}
        records = services.index.get(list(points))
        told = [
            replies.MapPicture(
                point=points[record.id],
                id=record.id,
                content_hash=record.content_hash,
                name=utf8_safe(record.name),
                folder=utf8_safe(record.folder),
                labels=list(map(utf8_safe, record.labels)),
                tags=list(map(utf8_safe, record.tags)),
                width=record.width,
                height=record.height,
            )
            for record in records
        ]
        return replies.MapPictures(version=made.version, pictures=told)

    def find(self, asked: replies.FindBody) -> replies.MapPoints:
        made = self._map("")
        found = made.numbers_of(asked.ids).tolist()
        return replies.MapPoints(version=made.version, points=[None if point < 0 else point for point in found])

    def export(self, request: Request) -> Response:
        """A row for each picture: where it stands, the finest cluster that it is in, its path."""
        services, made = self._services(), self._map("")
        services.audit.note(actor(request), "Exported", f"the map of {pictures(made.size)}")
        headers = {"Content-Disposition": 'attachment; filename="map.csv"', "Cache-Control": "no-store"}
        return StreamingResponse(as_csv(made, services.index), media_type=_CSV, headers=headers)

    def _map(self, version: str) -> Map:
        return self._services().analysis.map.at(version or None)


def _versioned(url: str, version: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}v={version}"


def _coloured_by(services: Services) -> list[str]:
    """Those by which not all points are alike unknown."""
    counts = services.facets()
    return [by for by in COLOURS if by not in counts or counts[by]]
