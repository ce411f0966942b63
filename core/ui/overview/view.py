"""The parts of the overview page: all of a collection, and the way to what lies behind each number."""

import streamlit as st

from core.access.roles import Role
from core.analysis.overview.report import Overview, plain
from core.errors import ImageSearchError
from core.ui.analysis.links import follow_link, open_search
from core.ui.analysis.panel import Shown, analysis_panel
from core.ui.components.overview import Asked, overview_board
from core.ui.jobs.actions import attempt
from core.ui.notices import say
from core.ui.overview.sides import FIRST, SECOND
from core.ui.server import base_path, collection, collections, route, services
from core.ui.shell import look
from core.ui.who import may

_SHOWN = Shown(
    "overview",
    "Sum it up",
    "Places, typical and rare pictures, outliers, and what is missing are gathered in the background.",
    "insights",
)


def make_room() -> None:
    """The page's own look, on paper too."""
    st.html(look("overview"))  # for those who come from another page
    follow_link()


def board() -> None:
    """All that is known of the collection, at once."""
    told = services().analysis.overview.overview()
    with st.container(key="overview-state"):  # a place of its own: what is below keeps its own
        analysis_panel(_SHOWN, told.gathered.pictures if told.gathered else None, told.pictures, invites=False)
    if told.pictures:
        _board(told)


def _board(told: Overview) -> None:
    settings = services().settings
    tiles = {"url": settings.tiles_url, "credit": settings.tiles_credit} if settings.tiles_url else None
    overview_board(
        plain(told),
        key="overview-board",
        routes={
            "thumbnails": route("thumbnails"),
            "land": route("api/v1/overview/land"),
            **{page: f"{base_path()}/{page}" for page in ("quality", "duplicates", "map")},
        },
        tiles=tiles,
        title=_title(),
        may_start=may(Role.EDITOR),
        on_ask=_show,
        on_start=lambda name: attempt(services().library.analyse, name),
    )


def _title() -> str:
    wanted = collection()
    return next((one.shown for one in collections().all() if one.name == wanted or (one.is_first and not wanted)), "")


def _show(asked: Asked) -> None:
    """Pictures that no words describe are shown as a selection: for a while it is kept who they are."""
    analysis = services().analysis
    try:
        if asked.cell:
            ids = analysis.overview.ids_at(asked.cell)
        else:
            ids = analysis.overview.ids_with_boxes(asked.least, asked.most)
        open_search(q=analysis.select(ids))
    except ImageSearchError as error:
        say(str(error), "error")


def compares() -> bool:
    """Whether it is two sides that are wanted; lets the visitor change that."""
    views = {"all": "The whole collection", "sides": "Two sides compared"}
    if "overview-view" not in st.session_state:
        has_sides = any(st.query_params.get(name) for name in (FIRST, SECOND))
        st.session_state["overview-view"] = "sides" if has_sides else "all"
    with st.container(horizontal=True, vertical_alignment="center", key="overview-views"):
        st.title("Overview", anchor=False, width="content")
        chosen = st.radio(
            "What is shown",
            list(views),
            format_func=views.__getitem__,
            key="overview-view",
            horizontal=True,
            label_visibility="collapsed",
        )
    return chosen == "sides"
