"""Where the indexed pictures are from, and what was done so far."""

from datetime import datetime

import streamlit as st

from core.images.names import displayable
from core.ingest.library import SourceState
from core.ui.job_words import STATUSES, ago, counted, file_size, pictures
from core.ui.jobs import attempt, show_ended
from core.ui.notices import plain
from core.ui.server import services

_MOST_SHOWN = 50


def source_list() -> None:
    """Every folder, archive and address with its count, size and last check, and what can be done with it."""
    sources = services().library.sources()
    if not sources:
        st.caption("Folders, archives and uploads are listed here once they are indexed.")
        return
    for source in sources[:_MOST_SHOWN]:
        _show_source(source)
    if len(sources) > _MOST_SHOWN:
        st.caption(f"{len(sources) - _MOST_SHOWN} more: python -m core sources")


def _show_source(source: SourceState) -> None:
    known, key = source.known, source.known.location
    library = services().library
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch", gap=None):
            st.markdown(f"**{plain(displayable(known.title))}**")
            words = (
                f"{pictures(source.totals.count)} · {file_size(source.totals.size)} · checked {ago(known.checked_at)}"
            )
            st.caption(f"{plain(displayable(known.location))}  \n{words}")
            if not source.is_there:
                st.caption(":orange[:material/usb_off: Not there: is its drive connected?]")
        st.toggle(
            "Follow",
            value=known.followed,
            key=f"follow-{key}",
            help="Index what changes there by itself, as long as the app runs",
            on_change=lambda: attempt(library.follow, key, not known.followed),
        )
        st.button(
            "Check now",
            icon=":material/sync:",
            key=f"check-{key}",
            help="Look for what is new, changed, renamed or gone",
            on_click=attempt,
            args=(library.add, [key]),
        )
        with st.popover("Remove", icon=":material/delete:", help="Take its pictures out of the index"):
            st.markdown(f"Take {pictures(source.totals.count)} out of the index? The files stay as they are.")
            st.button(
                "Remove from the index",
                key=f"remove-{key}",
                type="primary",
                on_click=attempt,
                args=(library.remove, [key]),
            )


def history() -> None:
    """The jobs of the app and of the command line; one that is chosen is shown in full."""
    jobs = services().jobs.states()
    if not jobs:
        st.caption("Jobs are listed here once there are any.")
        return
    chosen = st.dataframe(
        {
            "Job": [displayable(job.title) for job in jobs],
            "Status": [STATUSES[job.status] for job in jobs],
            "Begun": [datetime.fromtimestamp(job.created_at) for job in jobs],
            "Files": [job.total for job in jobs],
            "Verdicts": [counted(job.counts) for job in jobs],
        },
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="history",
        column_config={"Begun": st.column_config.DatetimeColumn(format="D MMM, HH:mm")},
        alt="Jobs, newest first: title, status, when it began, files and verdicts",
    )
    st.caption("Choose a row to see what became of each file.")
    rows = chosen["selection"]["rows"]
    if rows and rows[0] < len(jobs) and jobs[rows[0]].ended:
        show_ended(jobs[rows[0]], "history")
