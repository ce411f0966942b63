"""What is going on, on every page and on that of the ingest: it is looked at again and again while a job moves."""

from collections.abc import Callable, Hashable

import streamlit as st

from core.access.roles import Role
from core.errors import ImageSearchError
from core.ingest.jobs.words import in_words, share
from core.ingest.journal.job import JobState, Kind, Status
from core.text.words import counted
from core.ui.collections.chosen import named
from core.ui.jobs.cards import show_job, show_result
from core.ui.jobs.ended import ended_jobs
from core.ui.notices import plain, show_error, tell
from core.ui.server import services
from core.ui.who import may

_MAX_SHOWN = 3


def job_line() -> None:
    """The running job in one line, for pages that are about something else. Polls only while one runs."""
    if services().is_several:  # each has its own
        return
    _polling(_job_line, _moving_and_growing)


def job_panel() -> None:
    """What is going on, or what came of it last: all jobs that have not ended, each in a card."""
    _polling(_job_panel, _open_and_ended)


def _polling(view: Callable[[], None], state: Callable[[], Hashable]) -> None:
    """Show a view, again and again while a job moves.

    Args:
        state: What the whole page is run again for: it begins or stops the polling, and shows what else has changed.
    """
    before = state()

    def shown(was: Hashable) -> None:
        # The page's own place for errors is not around a fragment that runs by itself.
        try:
            if was != state():
                st.rerun()
            tell()
            view()
        except ImageSearchError as error:
            show_error(error)

    st.fragment(shown, run_every=1.0 if services().jobs.moving else None)(before)


def _moving_and_growing() -> Hashable:
    """Whether anything moves, and how many pictures have come, in powers of two: then there are more results."""
    job = _current()
    return services().jobs.moving, job.counts.stored.bit_length() if job and job.kind is Kind.INGEST else 0


def _open_and_ended() -> Hashable:
    jobs = services().jobs
    return jobs.moving, tuple(job.id for job in jobs.open()), tuple(job.id for job in ended_jobs())


def _current() -> JobState | None:
    return next((job for job in services().jobs.open() if job.active or job.status is Status.PAUSED), None)


def _job_line() -> None:
    if job := _current():
        with st.container(horizontal=True, vertical_alignment="center", key="job-line"):
            st.progress(share(job), text=f"**{plain(job.title)}** · {plain(in_words(job))}", width="stretch")
            if may(Role.ADMIN):
                icon = ":material/arrow_forward:"
                st.page_link("ingest.py", label="Details", icon=icon, width="content", query_params=named())


def _job_panel() -> None:
    jobs = services().jobs.open()
    for job in jobs[:_MAX_SHOWN]:
        show_job(job)
    if len(jobs) > _MAX_SHOWN:
        st.caption(f"{counted(len(jobs) - _MAX_SHOWN, 'more job')} under History.")
    if not jobs and (ended := ended_jobs()):
        show_result(ended[0])
