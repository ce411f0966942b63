"""Two sides, chosen and compared."""

from collections.abc import Iterator

import streamlit as st

from core.access.roles import Role
from core.analysis.compare.report import checked
from core.analysis.facet_filter import condition
from core.errors import InvalidQuery
from core.index.index import Counts
from core.ingest.journal.job import JobState
from core.ui.analysis.panel import job_of
from core.ui.collections.chosen import named
from core.ui.components.comparison import comparison_board
from core.ui.jobs.actions import attempt
from core.ui.notices import say, show_error
from core.ui.server import base_path, collections, route, services
from core.ui.who import may

FIRST, SECOND = "first", "second"
"""In the URL."""

_OFFERED = 12  # values of a facet
_TITLES = {"split": "Split", "label": "Label", "tag": "Tag", "year": "Year", "folder": "Folder", "camera": "Camera"}


def choice() -> None:
    """Which two, and the button that compares them."""
    offered = dict(_offered())
    for name in (FIRST, SECOND):
        text = st.query_params.get(name, "")
        if text and text not in offered:
            offered[text] = text
        if f"side-{name}" not in st.session_state and text:
            st.session_state[f"side-{name}"] = text
    with st.container(horizontal=True, vertical_alignment="bottom", key="sides"):
        for name, label in ((FIRST, "One side"), (SECOND, "Other side")):
            st.selectbox(
                label,
                list(offered),
                index=None,
                format_func=lambda text: offered.get(text, text),
                key=f"side-{name}",
                placeholder="split:train, label:dog, date:2023 …",
                accept_new_options=True,
                help="Choose one, or type conditions as in the search box.",
            )
        st.button("Swap", icon=":material/swap_horiz:", on_click=_swap)
        st.button("Compare", icon=":material/compare:", type="primary", on_click=_compare)


def _offered() -> Iterator[tuple[str, str]]:
    """Sides worth comparing, with what they are called."""
    counts: Counts = services().facets()
    for facet, title in _TITLES.items():
        for value in list(counts.get(facet, {}))[:_OFFERED]:
            yield condition(facet, value), f"{title} {plain_name(facet, value)}"
    known = collections().all()
    if len(known) > 1:
        yield from ((f"collection:{one.name}", f"Collection {one.shown}") for one in known)


def plain_name(facet: str, value: str) -> str:
    """Of a folder the end of its path."""
    return "/".join(value.rstrip("/").rsplit("/", 2)[-2:]) if facet == "folder" else value


def _short(text: str) -> str:
    """Of the path of a folder its end."""
    return f"Folder {plain_name('folder', text[7:])}" if text.startswith("folder:/") and " " not in text else text


def _sides() -> tuple[str, str]:
    return tuple(str(st.session_state.get(f"side-{name}") or "").strip() for name in (FIRST, SECOND))  # type: ignore[return-value]


def _swap() -> None:
    first, second = _sides()
    st.session_state[f"side-{FIRST}"], st.session_state[f"side-{SECOND}"] = second or None, first or None


def _compare() -> None:
    first, second = _sides()
    try:
        sides = checked(first, second)
    except InvalidQuery as error:
        say(str(error), "error")
        return
    st.query_params.update({FIRST: sides[0].text, SECOND: sides[1].text, **named()})
    attempt(services().analysis.compare, sides)


def result() -> None:
    """What came of it; how it is going while it is under way."""
    first, second = (st.query_params.get(name, "") for name in (FIRST, SECOND))
    if not (first or second):
        st.caption(
            "Splits, folders, labels, dates or collections: what one holds and the other lacks, in concepts and in "
            "pictures, and how sure that is."
        )
        return
    job_of("compare", lambda job: _failed(job, first, second))
    if (found := services().analysis.comparisons.found(first, second)) is not None:
        offered = dict(_offered())
        names = [offered.get(text) or _short(text) or "All pictures" for text in (first, second)]
        thumbnails = [_thumbnails(side["collection"]) for side in found["sides"]]
        comparison_board(found, names, key="comparison", thumbnails=thumbnails)


def _failed(job: JobState | None, first: str, second: str) -> None:
    """What is in the way, where nothing is under way."""
    if job and job.error and job.analysis.options == {"first": first, "second": second}:
        show_error(job.error)
    elif services().analysis.comparisons.found(first, second) is None:
        st.info("These two were not compared yet." + ("" if may(Role.EDITOR) else " An editor can start it."))


def _thumbnails(name: str) -> str:
    return f"{base_path()}/thumbnails?collection={name}" if name else route("thumbnails")
