"""Jobs on the page: a line on every page while one runs, and the full report where it belongs."""

from collections.abc import Callable

import streamlit as st

from core.images.names import displayable
from core.ingest.jobs import JobState, Status
from core.ingest.progress import Phase
from core.ui.components.gallery import gallery
from core.ui.notices import show_error
from core.ui.server import route, services
from core.ui.tiles import unscored_tiles


def job_line() -> None:
    """The running job in one line, for pages that are about something else. Polls only while one runs."""
    _polling(_job_line)


def job_report() -> None:
    """The newest job in full: progress and cancel while it runs, then what became of the files."""
    _polling(_job_report)


def _polling(view: Callable[[bool], None]) -> None:
    active = services().jobs.busy
    st.fragment(view, run_every=1.0 if active else None)(active)


def _job_line(was_active: bool) -> None:
    active = [job for job in services().jobs.states() if job.active]
    if was_active and not active:
        st.rerun()  # one full run, which shows the result and stops the polling
    if active:
        job = active[-1]
        with st.container(horizontal=True, vertical_alignment="center", key="job-line"):
            st.progress(_share(job), text=f"**{job.title}** · {_in_words(job)}", width="stretch")
            st.page_link("ingest.py", label="Details", icon=":material/arrow_forward:", width="content")


def _job_report(was_active: bool) -> None:
    jobs = services().jobs.states()
    if was_active and not services().jobs.busy:
        st.rerun()
    if not jobs:
        return
    running = next((job for job in reversed(jobs) if job.active), None)
    if running:
        _show_running(running, waiting=sum(job.status is Status.WAITING for job in jobs if job is not running))
    else:
        _show_ended(jobs[0])


def _show_running(job: JobState, waiting: int) -> None:
    with st.container(border=True, key="job"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(job.title, anchor=False, width="stretch")
            st.button(
                "Stopping …" if job.cancelling else "Cancel",
                icon=":material/stop_circle:",
                disabled=job.cancelling,
                help="What is indexed so far is kept",
                on_click=services().jobs.cancel,
                args=(job.id,),
            )
        st.progress(_share(job), text=_in_words(job))
        if waiting:
            st.caption(f"{waiting} more waiting")
        _show_recent(job)


def _show_ended(job: JobState) -> None:
    with st.container(border=True, key="job"):
        st.subheader(f"{job.title} — {_ENDED[job.status]}", anchor=False)
        if job.error:
            show_error(job.error)
        counts = job.progress.counts
        with st.container(horizontal=True):
            st.metric("Found", f"{job.progress.total:,}", border=True)
            st.metric("Added", f"{counts.added:,}", border=True)
            st.metric("Updated", f"{counts.updated:,}", border=True)
            st.metric("Unchanged", f"{counts.unchanged:,}", border=True)
            st.metric("Skipped", f"{counts.failed:,}", border=True)
            st.metric("Time", duration(job.seconds), border=True)
        searchable = job.status is Status.DONE and counts.done > counts.failed
        if searchable and st.button("Search them", icon=":material/search:", type="primary"):
            st.switch_page("search.py")
        if job.status is Status.DONE and not job.progress.total:
            st.info("No pictures were found there. Check the folder, or choose another.", icon=":material/search_off:")
        if job.failed:
            st.markdown("**Skipped, and why**")
            st.dataframe(
                {
                    "File": [displayable(verdict.path) for verdict in job.failed],
                    "Reason": [displayable(verdict.reason) for verdict in job.failed],
                },
                hide_index=True,
                alt="Files that were skipped, with the reason for each",
            )
        _show_recent(job)


def _show_recent(job: JobState) -> None:
    if job.recent:
        st.caption("Just indexed")
        gallery(
            unscored_tiles(job.recent),
            key=f"recent-{job.id}",
            thumbnails=route("thumbnails"),
            images=route("images"),
            scored=False,
            on_similar=_search_with,
            on_add=_search_with,
        )
    if content_hash := st.session_state.pop("search-with", None):
        st.switch_page("search.py", query_params={"image": content_hash})


def _search_with(content_hash: str) -> None:
    """Runs before the page does, which then goes to the search."""
    st.session_state["search-with"] = content_hash


_ENDED = {Status.DONE: "done", Status.CANCELLED: "cancelled", Status.FAILED: "stopped"}


def _share(job: JobState) -> float:
    finding = job.progress.phase is Phase.FINDING
    return 0.0 if finding or not job.progress.total else min(1.0, job.progress.done / job.progress.total)


def _in_words(job: JobState) -> str:
    progress = job.progress
    if job.status is Status.WAITING:
        return "waiting for the job before it"
    if progress.phase is Phase.FINDING:
        return f"looking for pictures · {progress.total:,} found"
    if progress.phase is Phase.LOADING:
        return f"waiting for the model, about 20 s after a start · {progress.total - progress.done:,} pictures to index"
    words = f"{progress.done:,} of {progress.total:,}"
    if progress.counts.failed:
        words += f" · {progress.counts.failed:,} skipped"
    if progress.rate and progress.seconds_left is not None:
        words += f" · {progress.rate:.1f} pictures/s · {duration(progress.seconds_left)} left"
    return words


def duration(seconds: float) -> str:
    """A time span in words: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
