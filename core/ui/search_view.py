"""The parts of the search page: the composer, what narrows the search, and the results."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access.roles import Role
from core.errors import InvalidQuery
from core.index.filters import Filter
from core.index.index import Counts
from core.index.records import names_on
from core.search.language.negation import suggest_rewrite
from core.search.language.parser import format_, parse
from core.search.language.url import to_json, to_params
from core.search.options import Options, Sort
from core.search.output.response import answer
from core.search.query import Search
from core.search.results import Results
from core.sources.pasted import pasted_location
from core.ui import url_state as address
from core.ui.chips import to_parts, with_parts
from core.ui.collections.chosen import named
from core.ui.components.facets import facets_panel
from core.ui.components.gallery import gallery
from core.ui.components.query import query_bar
from core.ui.components.view import view_options
from core.ui.notices import plain
from core.ui.samples import offer_samples
from core.ui.server import base_path, route, services
from core.ui.shell import look
from core.ui.who import may, visitor

_PAGE = 60  # tiles that come with the page; the gallery asks for the others as they are scrolled to
_MAX_COMPLETED = 100
_SET_ASIDE = "set-aside"
_ROUTES = ("thumbnails", "images", "boxes")
_API = {
    **dict.fromkeys(("search", "explain", "heatmap", "pictures"), Role.VIEWER),
    **dict.fromkeys(("exports", "tags"), Role.EDITOR),
}
"""Routes that the gallery uses, and the role that each takes: what has no route is not offered."""


_ON_MAP = "search-on-map"


def go_on() -> None:
    """To the map with the search as it is, where its results are wanted there."""
    if st.session_state.pop(_ON_MAP, False):
        st.switch_page("map.py", query_params={**to_params(address.read_search()), **named()})


def make_room() -> DeltaGenerator | None:
    """The page's own look, and the place of the filters, where there is something to filter: the sidebar is to be open
    before anything is there that it moves."""
    st.markdown(look("search"), unsafe_allow_html=True)  # for those who come from another page
    return st.sidebar.container() if any(services().facets().values()) else None


def composer(search: Search) -> None:
    """The search as it stands in the URL, to be changed."""
    text = address.typed() or format_(search.query.words, search.where)
    query_bar(
        key="query",
        text=text,
        parts=to_parts(search, services().picture_name),
        offer=suggest_rewrite(text),
        pasted=services().pasted.offer(text, reads=may(Role.ADMIN)) if pasted_location(text) else None,
        upload_url=route("queries"),
        thumbnails=route("thumbnails"),
        images=route("images"),
        limit=services().settings.upload_mb << 20,
        placeholder="Describe what you are looking for",
        examples=services().examples() if search.query.empty else (),
        completions=_completions(),
        saved_url=route("api/v1/saved"),
        saves=may(Role.EDITOR),
        on_change=_change,
    )


def results(search: Search, filters: DeltaGenerator | None) -> None:
    """What was found, and what it can be narrowed to.

    Args:
        filters: Where that stands.
    """
    address.check_typed()
    k = search.k or search.usual_k
    found = services().search(replace(search, k=k if _depends_on_k(search) else None), limit=_PAGE)
    if not found.searched and not search.where.conditions:
        if services().is_several:
            st.info("Nothing is indexed in these collections yet.", icon=":material/photo_library:")
        else:
            offer_samples()
        return
    with filters or st.sidebar:
        facets_panel(
            key="facets",
            counts=_with_set_aside(found.facets),
            estimated=found.estimated,
            where=search.where,
            on_change=_narrow,
        )
    if not found.searched:
        _nothing_passes(found)
        return
    judges = found.scored and search.query.seeks and services().model.loaded is not None
    learning = judges and not found.bands
    with st.container():  # a place of its own: what is below does not move when it is empty
        if learning:
            _await_bands()
    # The options stand in the gallery's first line.
    view_options(
        key="view",
        options=search.options,
        duplicate_threshold=found.duplicate_threshold,
        no_match=found.no_match,
        scored=found.scored,
        narrowed=len(search.where.conditions),
        labelled=bool(services().facets().get("label")),
        on_change=_look_otherwise,
    )
    who = visitor()
    gallery(
        answer(found),
        key="gallery",
        search=to_json(replace(search, k=None)),
        k=k,
        learning=learning,
        routes={name: route(name) for name in _ROUTES}
        | {name: route(f"api/v1/{name}") for name, role in _API.items() if who.may(role)}
        | {"pair": route("api/v1/duplicates/pair")}
        | ({} if services().is_several else {"map": f"{base_path()}/map"}),
        on_act=address.act,
        on_k=_show_as_many,
        on_narrow=_narrow_to,
        on_map=_show_on_map,
        on_changed=lambda: None,  # the run that follows shows it
    )


def _with_set_aside(counts: Counts) -> Counts:
    """The counts of results, from which what was set aside is missing, with how many that are: it can be chosen."""
    known, shown = services().facets().get("duplicate", {}), counts.get("duplicate", {})
    if _SET_ASIDE not in known or _SET_ASIDE in shown:
        return counts
    return {**counts, "duplicate": {**shown, _SET_ASIDE: known[_SET_ASIDE]}}


def _show_on_map() -> None:
    """Runs before the page does, which then goes there."""
    st.session_state[_ON_MAP] = True


@st.fragment(run_every=1.5)
def _await_bands() -> None:
    """Shows how well the results match as soon as that is known; until then the gallery says so."""
    if services().knows_scores:
        st.rerun()


def _completions() -> dict[str, list[str]]:
    """What conditions of a filter can be typed to: the keys, and the most frequent values of each."""
    known = services().facets()
    values = {key: list(counts)[:_MAX_COMPLETED] for key, counts in known.items()}
    folders = (name for folder in values.get("folder", []) for name in names_on(folder))
    return values | {"folder": list(dict.fromkeys(folders))[:_MAX_COMPLETED]}


def _nothing_passes(found: Results) -> None:
    """No picture passes the filter: said here, and undone in the composer or the panel beside."""
    for note in found.notes:
        st.warning(plain(note), icon=":material/search_off:")
    with st.container(horizontal_alignment="center", gap="small"):
        st.space("large")
        st.markdown("### :material/filter_alt_off: No pictures match these filters", width="content")
        st.markdown("Remove one or all of them.", width="content")
        st.button("Clear filters", icon=":material/filter_alt_off:", on_click=_narrow, args=(Filter(),))


def _change(change: Mapping[str, Any]) -> None:
    match change:
        case {"address": str(kept)}:
            address.open_address(kept)
        case {"text": str() | None as text, "parts": list(parts)}:
            try:
                address.write_search(with_parts(address.read_search(), text, parts))
            except InvalidQuery:
                address.write_unread(str(text))


def _narrow(where: Filter) -> None:
    address.write_search(replace(address.read_search(), where=where))


def _narrow_to(text: str) -> None:
    """One condition more, as it would be typed."""
    search = address.read_search()
    added = (condition for condition in parse(text)[1].conditions if condition not in search.where.conditions)
    _narrow(Filter((*search.where.conditions, *added)))


def _depends_on_k(search: Search) -> bool:
    """Whether it is the number of results that says which come first: the best so many are sorted otherwise."""
    return search.options.sort is not Sort.BEST and not search.browses


def _show_as_many(k: int) -> None:
    search = address.read_search()
    address.write_search(replace(search, k=None if k == search.usual_k else k))


def _look_otherwise(options: Options) -> None:
    address.write_search(replace(address.read_search(), options=options))
