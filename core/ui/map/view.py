"""The parts of the map page: what goes on with the map, and the map."""

from urllib.parse import parse_qs, urlencode

import streamlit as st

from core.access.roles import Role
from core.analysis.map.maps import Maps, Status
from core.errors import InvalidQuery
from core.ingest.journal.job import Status as JobStatus
from core.search.language.url import KNOWN_PARAMETERS, to_params
from core.ui import url_state as address
from core.ui.analysis.panel import Shown, analysis_panel
from core.ui.collections.chosen import named
from core.ui.components.map import MapRoutes, MapVersion, collection_map
from core.ui.jobs.actions import attempt
from core.ui.notices import show_error
from core.ui.server import base_path, collection, route, services
from core.ui.shell import look
from core.ui.who import may

_CLUSTER = "show"  # in the URL: the number of the cluster that is to be shown
_GOES = "map-goes"
_SHOWN = Shown(
    "map",
    "Draw the map",
    "See all pictures at once: alike ones stand together, in clusters with names.",
    "scatter_plot",
)
_MAX_TAGS = 200
_MAX_DIGITS = 9


def make_room() -> None:
    """The page's own look."""
    st.html(look("map"))  # for those who come from another page


def go_on() -> None:
    """To the search page, where something on the map leads there."""
    if parameters := st.session_state.pop(_GOES, None):
        asked = parse_qs(parameters)
        known = {name: values for name, values in asked.items() if name in KNOWN_PARAMETERS}
        st.switch_page("search.py", query_params={**known, **named()})


def the_map() -> None:
    """The map, and above it the work on it; where there is none yet, how to come by one."""
    maps: Maps = services().analysis.map
    status = maps.status()
    with st.container():  # a place of its own, empty or not: the map keeps its own
        if status.map is None or _is_at_work(status):
            analysis_panel(_SHOWN, status.map.size if status.map else None, services().index.count())
    if status.map is None:
        return
    search, who_edits = _search(), may(Role.EDITOR)
    collection_map(
        MapVersion(
            status.map.version,
            status.map.layout,
            status.map.size,
            len(status.map.clusters),
            status.map.bounds,
            0 if _is_at_work(status) else status.behind,
        ),
        key="map",
        routes=_routes(edits=who_edits),
        search=search,
        said=address.typed(),
        cluster=_cluster_in_url(),
        tags=list(services().facets().get("tag", {}))[:_MAX_TAGS] if who_edits else (),
        on_search=_light,
        on_go=_note,
        on_place=lambda: attempt(maps.build, told=lambda _: "The new pictures are placed in the background."),
    )


def _search() -> str:
    """The parameters of the URL of what is searched for; empty where that cannot be read, which is said."""
    try:
        address.check_typed()
    except InvalidQuery as error:
        show_error(error)
        return ""
    return urlencode(to_params(address.read_search()), doseq=True)


def _is_at_work(status: Status) -> bool:
    job = status.job
    return job is not None and (not job.ended or job.status is JobStatus.FAILED)


def _routes(*, edits: bool) -> MapRoutes:
    routes = MapRoutes(
        map=route("api/v1/map"),
        thumbnails=route("thumbnails"),
        images=route("images"),
        page=f"{base_path()}/{f'?{urlencode(named())}' if collection() else ''}",
        selections=route("api/v1/map/selections"),
    )
    if not edits:
        return routes
    return routes._replace(
        names=route("api/v1/map/clusters"), tags=route("api/v1/tags"), exports=route("api/v1/exports")
    )


def _cluster_in_url() -> int | None:
    text = st.query_params.get(_CLUSTER, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else None


def _light(text: str) -> None:
    """Light the hits of what was typed; of nothing, where nothing was."""
    address.write_unread(text) if text else address.open_address("")


def _note(parameters: str) -> None:
    """Runs before the page does, which then goes there."""
    st.session_state[_GOES] = parameters
