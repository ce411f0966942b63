"""Where the indexed pictures are from, and what was done so far."""

from datetime import datetime

import streamlit as st

from core.ingest.jobs.words import STATUSES, verdicts
from core.ingest.locations import SourceState
from core.text.command import command
from core.text.names import utf8_safe
from core.text.words import ago, file_size, pictures
from core.ui.jobs.actions import attempt
from core.ui.jobs.ended import show_ended
from core.ui.notices import plain
from core.ui.server import services

_MAX_SHOWN = 50


def source_list() -> None:
    """Every folder, archive and address with its count, size and last check, and what can be done with it."""
    sources = services().library.sources()
    if not sources:
        st.caption("No sources yet. Folders, ZIP files and uploads appear here once they are scanned.")
        return
    for source in sources[:_MAX_SHOWN]:
        _show_source(source)
    if len(sources) > _MAX_SHOWN:
        st.caption(f"{len(sources) - _MAX_SHOWN:,} more: {command('sources')}")


def _show_source(source: SourceState) -> None:
    known, key = source.known, source.known.location
    library = services().library
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch", gap=None):
            st.markdown(f"**{plain(utf8_safe(known.title))}**")
            words = (
                f"{pictures(source.totals.count)} · {file_size(source.totals.size)} · scanned {ago(known.checked_at)}"
            )
            st.caption(words if source.is_own else f"{plain(utf8_safe(known.location))}  \n{words}")
            if not source.is_there:
                st.caption(":orange[:material/usb_off: Not connected. Connect its drive to update it.]")
        st.toggle(
            "Follow",
            value=known.followed,
            key=f"follow-{key}",
            help="Index changes by itself while the app runs",
            on_change=attempt,
            args=(library.following.follow, key, not known.followed),
        )
        st.button(
            "Scan again",
            icon=":material/sync:",
            key=f"check-{key}",
            help="Find new, changed, renamed and missing files",
            on_click=attempt,
            args=(library.add, [key]),
        )
        with st.popover("Remove", icon=":material/delete:", help="Remove its pictures from the index"):
            st.markdown(f"Remove {pictures(source.totals.count)} from the index? The files are not touched.")
            st.button(
                "Remove from index",
                key=f"remove-{key}",
                type="primary",
                on_click=attempt,
                args=(library.remove, [key]),
                kwargs={"told": lambda count: f"Removed {pictures(count)} from the index. The files are not touched."},
            )


def history() -> None:
    """The jobs of the app and of the command line; one that is chosen is shown in full."""
    jobs = services().jobs.states()
    if not jobs:
        st.caption("No jobs yet.")
        return
    chosen = st.dataframe(
        {
            "Job": [utf8_safe(job.title) for job in jobs],
            "Status": [STATUSES[job.status] for job in jobs],
            "Started": [datetime.fromtimestamp(job.created_at) for job in jobs],
            "Files": [job.total for job in jobs],
            "By": [utf8_safe(job.started_by) for job in jobs],
            "Verdicts": [verdicts(job) for job in jobs],
        },
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="history",
        column_config={"Started": st.column_config.DatetimeColumn(format="D MMM, HH:mm")},
        alt="Jobs, newest first: title, status, when and by whom it was started, files and verdicts",
    )
    st.caption("Select a row to see its report.")
    rows = chosen["selection"]["rows"]
    if rows and rows[0] < len(jobs) and jobs[rows[0]].ended:
        show_ended(jobs[rows[0]], "history")
