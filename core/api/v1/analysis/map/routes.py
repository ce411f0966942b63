"""Which paths lead to the map and its selections."""

from collections.abc import Callable

from fastapi.responses import Response

from core.access.roles import Role
from core.analysis.map.container import MEDIA_TYPE
from core.api.v1.analysis.map import replies
from core.api.v1.analysis.map.map import MapRoutes
from core.api.v1.analysis.map.selections import SelectionRoutes
from core.api.v1.description.openapi import files
from core.api.v1.responses import Started
from core.services import Services


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
