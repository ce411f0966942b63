"""The routes of the map: places and colours as arrays, clusters, selections, the results of a search lit."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated, Any

import numpy as np
from fastapi import Query as Parameters
from fastapi import Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from core.access.needs import actor
from core.access.roles import Role
from core.analysis.map.colours import COLOURS, Categories, Numbers
from core.analysis.map.container import MEDIA_TYPE, packed
from core.analysis.map.hits import SAID, Lit
from core.analysis.map.maps import Choice, Status
from core.analysis.map.model import METHOD, Cluster, Map
from core.analysis.map.selections import Selection
from core.analysis.map.table import as_csv
from core.api.asked import with_collection
from core.api.http import Refusal
from core.api.paths import API
from core.api.v1.analysis import map_replies as replies
from core.api.v1.description.openapi import files
from core.api.v1.responses import Started
from core.index.chosen.ids import IdSet
from core.ingest.jobs.words import in_words
from core.ingest.journal.job import JobState
from core.ingest.journal.job import Status as JobStatus
from core.search.language.url import from_params
from core.services import Services
from core.text.names import utf8_safe
from core.text.words import pictures

_CSV = "text/csv; charset=utf-8; header=present"
_FOREVER = "private, max-age=31536000, immutable"
_EACH_TIME = "private, no-cache"


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
            map=_info(found) if found.map else None,
            job=_job(found.job),
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
        return _fixed(
            request, made, v, lambda: packed(about, {"xy": made.points, "cluster": made.finest.astype(np.uint32)})
        )

    def ids(self, request: Request, v: str = "") -> Response:
        """The record of each point: 16 bytes, the digits of its id."""
        made = self._map(v)
        return _fixed(request, made, v, lambda: packed({"version": made.version, "n": made.size}, {"ids": made.ids}))

    def clusters(self, request: Request, v: str = "") -> Response:
        """By level, the largest first."""
        made, services = self._map(v), self._services()
        tag = _tag(made.version, *(f"{one.number} {one.name} {one.named_by}" for one in made.clusters))
        if _is_known(request, tag):
            return _not_changed(tag)
        covers = list(dict.fromkeys(cover.id for one in made.clusters for cover in one.covers))
        names = {record.id: utf8_safe(record.name) for record in services.index.get(covers)}
        told = replies.Clusters(
            version=made.version,
            levels=len(made.levels),
            outside=int((made.finest == 0).sum()),
            clusters=[_cluster(one, names) for one in made.clusters],
        )
        return JSONResponse(told.model_dump(), headers={"ETag": tag, "Cache-Control": _EACH_TIME})

    def rename(self, number: int, asked: replies.NameBody, request: Request) -> replies.ClusterReply:
        """What people call a cluster outlasts new maps; the pictures in it are found by its new name."""
        services = self._services()
        renamed = services.analysis.map.rename(number, asked.name, asked.version or None, by=actor(request))
        services.audit.note(actor(request), "Named a cluster", renamed.name)
        covers = services.index.get([cover.id for cover in renamed.covers])
        return _cluster(renamed, {record.id: utf8_safe(record.name) for record in covers})

    def colours(self, by: str, request: Request, v: str = "", legend: bool = False) -> Response:
        """A category or a number for each point, with its legend; `legend=1`: that alone, as JSON."""
        if by not in COLOURS:
            raise Refusal(404, "Points cannot be coloured by that.", f"Use one of {', '.join(COLOURS)}.")
        made = self._map(v)
        about, arrays = _coloured(made, by, self._services().analysis.map.colour(by, v or None))
        if legend:
            return JSONResponse(about, headers={"Cache-Control": _EACH_TIME})
        data = packed(about, arrays)
        tag = _tag(made.version, blake2b(data, digest_size=16).hexdigest())
        if _is_known(request, tag):
            return _not_changed(tag)
        return Response(data, media_type=MEDIA_TYPE, headers={"ETag": tag, "Cache-Control": _EACH_TIME})

    def hits(self, params: Annotated[replies.HitsParams, Parameters()], request: Request) -> Response:
        """The points of those that match a search, the best first, and where the search itself would stand."""
        given = request.query_params
        search = from_params({name: given.getlist(name) for name in given})
        made = self._map(params.v)
        found = self._services().analysis.map.hits(search, params.limit, made.version)
        about, arrays = _lit(made, found)
        return Response(packed(about, arrays), media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})

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
        return JSONResponse(_selection(made).model_dump(), 201)

    def list(self) -> list[replies.SelectionReply]:
        """The newest first."""
        return list(map(_selection, self._services().analysis.map.selections.all()))

    def show(self, id: str) -> replies.SelectionReply:
        return _selection(self._found(id))

    def ids(self, id: str) -> Response:
        """The ids of its records, one on each line."""
        return Response("".join(f"{one}\n" for one in self._ids(id)), media_type="text/plain; charset=utf-8")

    def points(self, id: str, v: str = "") -> Response:
        """Those that are on the map, as point numbers."""
        made = self._services().analysis.map.at(v or None)
        points = np.flatnonzero(self._ids(id).among(made.digits)).astype(np.uint32)
        about = {"version": made.version, "count": len(points)}
        return Response(packed(about, {"points": points}), media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})

    def rename(self, id: str, asked: replies.NameBody, request: Request) -> replies.SelectionReply:
        """Under a name it is kept until it is deleted."""
        selections = self._services().analysis.map.selections
        renamed = selections.rename(self._found(id).id, asked.name)
        self._services().audit.note(actor(request), "Kept a selection", renamed.name)
        return _selection(renamed)

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


def add_map(add: Callable[..., None], services: Callable[[], Services]) -> None:
    viewer, editor = Role.VIEWER, Role.EDITOR
    file = files(MEDIA_TYPE)
    of, chosen = MapRoutes(services), SelectionRoutes(services)
    add(viewer, "GET", "/map", of.status, "See how the map is doing", replies.MapStatus)
    add(editor, "POST", "/map", of.build, "Make the map, or bring it up to date", Started, status_code=202)
    add(viewer, "GET", "/map/points", of.points, "Get where the points are", None, **file)
    add(viewer, "GET", "/map/ids", of.ids, "Get which record each point is", None, **file)
    add(viewer, "GET", "/map/clusters", of.clusters, "List the clusters", replies.Clusters)
    one = "/map/clusters/{number:int}"
    add(editor, "PATCH", one, of.rename, "Call a cluster otherwise", replies.ClusterReply)
    either = files(MEDIA_TYPE, "application/json")
    add(viewer, "GET", "/map/colours/{by}", of.colours, "Get what the points are coloured by", None, **either)
    add(viewer, "GET", "/map/hits", of.hits, "Find the points that match a search", None, **file)
    add(viewer, "POST", "/map/pictures", of.shown, "Show the pictures of points", replies.MapPictures)
    add(viewer, "POST", "/map/find", of.find, "Find the points of pictures", replies.MapPoints)
    table = files("text/csv")
    add(editor, "GET", "/map/export", of.export, "Download the places and clusters of all pictures", None, **table)
    all_, one = "/map/selections", "/map/selections/{id}"
    kept = replies.SelectionReply
    add(viewer, "GET", all_, chosen.list, "List the selections", list[replies.SelectionReply])
    add(viewer, "POST", all_, chosen.add, "Select pictures", kept, status_code=201)
    add(viewer, "GET", one, chosen.show, "Show a selection", kept)
    text = files("text/plain")
    add(viewer, "GET", f"{one}/ids", chosen.ids, "List the ids of a selection", None, **text)
    add(viewer, "GET", f"{one}/points", chosen.points, "Get the points of a selection", None, **file)
    add(editor, "PATCH", one, chosen.rename, "Keep a selection under a name", kept)
    add(editor, "DELETE", one, chosen.delete, "Delete a selection", None, status_code=204, response_class=Response)


def _versioned(url: str, version: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}v={version}"


def _info(found: Status) -> replies.MapInfo:
    made = found.map
    assert made
    return replies.MapInfo(
        version=made.version,
        layout=made.layout,
        points=made.size,
        clusters=len(made.clusters),
        bounds=made.bounds,
        made=_moment(made.made_at),
        behind=found.behind,
        trustworthiness=made.quality.trustworthiness,
        kept=made.quality.kept,
        method=METHOD,
    )


def _job(job: JobState | None) -> replies.MapJob | None:
    if job is None or (job.ended and job.status is not JobStatus.FAILED):
        return None
    said = job.error.title if job.error else in_words(job)
    return replies.MapJob(
        id=job.id, status=job.status.value, phase=job.phase.value, done=job.done, total=job.total, said=said
    )


def _coloured_by(services: Services) -> list[str]:
    """Those by which not all points are alike unknown."""
    counts = services.facets()
    return [by for by in COLOURS if by not in counts or counts[by]]


def _cluster(one: Cluster, names: dict[str, str]) -> replies.ClusterReply:
    covers = [
        replies.ClusterCover(
            id=cover.id, content_hash=cover.content_hash, name=names.get(cover.id, ""), point=cover.point
        )
        for cover in one.covers
    ]
    return replies.ClusterReply(
        number=one.number,
        name=one.name,
        named_by=one.named_by,
        concepts=list(one.concepts),
        size=one.size,
        level=one.level,
        parent=one.parent,
        x=one.x,
        y=one.y,
        radius=one.radius,
        bounds=one.bounds,
        covers=covers,
        filter=one.filter,
    )


def _selection(one: Selection) -> replies.SelectionReply:
    return replies.SelectionReply(
        id=one.id,
        name=one.name,
        count=one.count,
        filter=one.filter,
        made_by=one.made_by,
        created=_moment(one.created_at),
        kept=bool(one.name),
    )


def _coloured(made: Map, by: str, found: Categories | Numbers) -> tuple[dict[str, Any], dict[str, Any]]:
    about: dict[str, Any] = {"version": made.version, "by": by}
    if isinstance(found, Numbers):
        return {**about, "kind": "number", "low": found.low, "high": found.high}, {"number": found.of}
    legend = [{"value": one.value, "count": one.count, "filter": one.filter} for one in found.legend]
    counts = {"other": found.others, "none": found.without, "several": found.is_several}
    return {**about, "kind": "category", "legend": legend, **counts}, {"category": found.of}


def _lit(made: Map, found: Lit) -> tuple[dict[str, Any], dict[str, Any]]:
    known = found.scores[np.isfinite(found.scores)]
    at = found.place
    about = {
        "version": made.version,
        "count": len(found.points),
        "matching": found.matched,
        "low": float(known.min()) if len(known) else None,
        "high": float(known.max()) if len(known) else None,
        "query": {"x": at.x, "y": at.y, "spread": at.spread, "said": SAID} if at else None,
    }
    return about, {"points": found.points, "scores": found.scores, "strengths": found.strengths}


def _fixed(request: Request, made: Map, version: str, data: Callable[[], bytes]) -> Response:
    """An answer that is the same for as long as the version is named."""
    tag = _tag(made.version)
    headers = {"ETag": tag, "Cache-Control": _FOREVER if version else _EACH_TIME}
    if _is_known(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(data(), media_type=MEDIA_TYPE, headers=headers)


def _tag(*parts: str) -> str:
    text = "\n".join(parts) if len(parts) > 1 else parts[0]
    return f'"{blake2b(text.encode(errors="surrogatepass"), digest_size=12).hexdigest()}"'


def _is_known(request: Request, tag: str) -> bool:
    return tag in request.headers.get("if-none-match", "")


def _not_changed(tag: str) -> Response:
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": _EACH_TIME})


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
