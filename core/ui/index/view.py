"""The parts of the index page: how the index is doing, and what searches find of the nearest."""

from datetime import datetime

import streamlit as st

from core.collections.collection import Collection
from core.errors import ImageSearchError
from core.index.statistics import Health, Statistics
from core.ingest.jobs.words import STATUSES
from core.search.language.parser import parse
from core.search.query import Query, Search
from core.search.recall.report import Report
from core.search.recall.report import plain as plain_report
from core.search.recall.verdict import time as in_time
from core.search.recall.verdict import verdict
from core.status.overview import ENGINES, Overview, overview
from core.text.names import utf8_safe
from core.text.words import ago, counted, file_size, pictures
from core.ui.collections.chosen import open_collection
from core.ui.components.recall import recall_chart
from core.ui.notices import plain, show_error
from core.ui.server import collections, services
from core.ui.shell import look

_REPORT = "recall-report"
_KS = (1, 10, 50, 200)
_UNKNOWN = "Not known"
_MARKS: dict[Health, tuple[str, str]] = {
    "green": ("green", "check_circle"),
    "yellow": ("orange", "error"),
    "red": ("red", "dangerous"),
    "unreachable": ("red", "cloud_off"),
}


def make_room() -> None:
    """The page's own look."""
    st.html(look("index"))  # for those who come from another page


def health(told: Overview) -> None:
    """In a word and a sentence; with what to do where something should be done."""
    found = told.statistics
    text = f"{plain(found.message)}\n\n{plain(found.remedy)}" if found.remedy else plain(found.message)
    match found.health:
        case "green":
            st.success(f"**Healthy.** {text}", icon=":material/check_circle:")
        case "yellow":
            st.warning(f"**Needs attention.** {text}", icon=":material/error:")
        case "red":
            st.error(f"**Incomplete.** {text}", icon=":material/dangerous:")
        case "unreachable":
            st.error(f"**Cannot be reached.** {text}", icon=":material/cloud_off:")


def others() -> None:
    """The other collections, each in a line: how many pictures, and whether anything is wrong."""
    all_ = collections().all()
    if len(all_) < 2:
        return
    with st.expander("All collections", icon=":material/photo_library:"):
        for one in all_:
            with st.container(horizontal=True, vertical_alignment="center", key=f"index-of-{one.name}"):
                st.markdown(_in_short(one), width="stretch")
                if one.name != services().name and st.button("Show", key=f"show-{one.name}"):
                    open_collection(one, "index.py")


def _in_short(one: Collection) -> str:
    try:
        told = overview(collections().of(one.name))
    except ImageSearchError as error:
        return f":red[:material/error:] **{plain(one.shown)}** {plain(error.message)}"
    colour, icon = _MARKS[told.statistics.health]
    count = told.statistics.count
    said = [
        pictures(count) if count is not None else plain(told.statistics.message),
        *([plain(told.model_title)] if told.model else []),
    ]
    return f":{colour}[:material/{icon}:] **{plain(one.shown)}** · {' · '.join(said)}"


def numbers(told: Overview) -> None:
    """Size and parts of the index, each in a box; what the engine does not say is left out."""
    if boxes := _numbers(told.statistics, told.engine):
        with st.container(horizontal=True, key="index-numbers"):
            for label, value in boxes:
                st.metric(label, value, border=True)


def _numbers(found: Statistics, engine: str) -> list[tuple[str, str]]:
    pieces = "Segments" if engine == "elasticsearch" else "Fragments"
    counts = [(pieces, found.pieces), ("Shards", found.shards), ("Copies of each", found.replicas)]
    sizes = [("Size on disk", found.disk), ("In memory", found.memory), ("Disk left", found.free)]
    told = [("Pictures", f"{found.count:,}")] if found.count is not None else []
    told += [(label, file_size(value)) for label, value in sizes if value is not None]
    return told + [(label, f"{value:,}") for label, value in counts if value is not None]


def facts(told: Overview) -> None:
    """Where it is, what made it, and when it was last added to."""
    model, job = told.model, told.last_ingest
    rows = {
        "Engine": f"{ENGINES.get(told.engine, told.engine)}, {plain(utf8_safe(told.location))}",
        "Name": plain(told.index),
        "Model": f"{plain(told.model_title)}, {model.dims:,} dimensions, preprocessing {model.preprocessing}"
        if model
        else _UNKNOWN,
        "Embedding": plain(", ".join(told.embedding_servers) or "On this machine"),
        "Last ingest": f"{plain(utf8_safe(job.title))}, {STATUSES[job.status]} {ago(job.ended_at)}"
        if job
        else "None yet",
    }
    st.markdown("\n".join(f"* **{name}**: {value}" for name, value in rows.items()))


def search_times(told: Overview) -> None:
    """How long recent searches took."""
    st.subheader("Search times", anchor=False)
    latency = told.latency
    if not latency.count:
        st.caption("No searches since the app was started.")
        return
    whole = latency.parts["whole"]
    with st.container(horizontal=True, key="index-times"):
        for label, seconds in (("Median", whole.p50), ("95 % within", whole.p95), ("99 % within", whole.p99)):
            st.metric(label, in_time(seconds), border=True)
    parts = [f"{name} {in_time(part.p50)}" for name, part in latency.parts.items() if name != "whole"]
    since = datetime.fromtimestamp(latency.since or 0).strftime("%H:%M")
    again = f", {latency.remembered:,} of them answered from memory" if latency.remembered else ""
    medians = f" Medians: {', '.join(parts)}." if parts else ""
    st.caption(f"{counted(latency.count, 'search', 'searches')} since {since}{again}.{medians}")


def lens() -> None:
    """Measure how many of the nearest are found, and show what was measured last."""
    st.subheader("Recall", anchor=False)
    st.caption(
        "A vector index finds most of the nearest pictures, fast. See how many: each search is compared with looking "
        "at every picture, with the effort in use and with others."
    )
    with st.form("recall", border=False):
        text = st.text_input(
            "Words to measure with",
            key="recall-words",
            placeholder="a red bus, beach, two dogs",
            help="Separate several with commas. Without any, it takes a sample of the pictures and everyday words.",
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            k = st.selectbox("Nearest", _KS, index=_KS.index(10), key="recall-k", width=120)
            wanted = st.form_submit_button("Measure", icon=":material/speed:", type="primary")
    if wanted:
        _measure(text, k)
    report = st.session_state.get(_REPORT)
    if report and report.index == services().index.name:
        recall_chart(plain_report(report, verdict(report)), key="recall-chart")


def _measure(text: str, k: int) -> None:
    try:
        with st.spinner("Measuring…", show_time=True):
            st.session_state[_REPORT] = _measured(text, k)
    except ImageSearchError as error:
        st.session_state.pop(_REPORT, None)
        show_error(error)


def _measured(text: str, k: int) -> Report:
    lines = [line for line in text.split(",") if line.strip()]
    if not lines:
        return services().recall.of_sample(k)
    read = [parse(line) for line in lines]
    return services().recall.of_searches([Search(Query(words), where) for words, where in read], k)
