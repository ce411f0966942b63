"""Jobs on the page: a line on every page while one runs, and each in full where it belongs."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.errors import ImageSearchError, IndexUnavailable
from core.images.names import displayable
from core.ingest.progress import Outcome
from core.ingest.state import JobState, Planned, Status
from core.search.answers import item
from core.search.results import Result
from core.ui.components.gallery import gallery
from core.ui.job_words import OUTCOMES, STATUSES, counted, duration, file_size, in_words, planned, share
from core.ui.notices import plain, show_error
from core.ui.report import verdict_table
from core.ui.server import route, services

_MOST_SHOWN = 5


def job_line() -> None:
    """The running job in one line, for pages that are about something else. Polls only while one runs."""
    _polling(_job_line)


def job_panel() -> None:
    """All jobs that have not ended, in full; where there are none, what the last one came to."""
    _polling(_job_panel)


def _polling(view: Callable[[bool], None]) -> None:
    moving = services().jobs.moving

    def shown(was_moving: bool) -> None:
        # The page's own place for errors is not around a fragment that runs by itself.
        try:
            view(was_moving)
        except ImageSearchError as error:
            show_error(error)

    st.fragment(shown, run_every=1.0 if moving else None)(moving)


def _job_line(was_moving: bool) -> None:
    if was_moving != services().jobs.moving:
        st.rerun()  # one full run, which begins or stops the polling, and shows what else has changed
    job = next((job for job in services().jobs.open() if job.active or job.status is Status.PAUSED), None)
    if job:
        with st.container(horizontal=True, vertical_alignment="center", key="job-line"):
            st.progress(share(job), text=f"**{plain(job.title)}** · {plain(in_words(job))}", width="stretch")
            st.page_link("ingest.py", label="Details", icon=":material/arrow_forward:", width="content")


def _job_panel(was_moving: bool) -> None:
    if was_moving != services().jobs.moving:
        st.rerun()
    if said := st.session_state.pop("job-said", None):
        st.toast(said, icon=":material/error:")
    jobs = services().jobs.open()
    for job in jobs[:_MOST_SHOWN]:
        _show(job)
    if len(jobs) > _MOST_SHOWN:
        st.caption(f"{len(jobs) - _MOST_SHOWN} more below, in the history")
    if not jobs and (latest := services().jobs.latest()):
        show_ended(latest)
    if content_hash := st.session_state.pop("search-with", None):
        st.switch_page("search.py", query_params={"image": content_hash})


def _show(job: JobState) -> None:
    with st.container(border=True, key=f"job-{job.id}"):
        match job.status:
            case Status.PLANNED:
                _show_plan(job)
            case Status.PAUSED | Status.INTERRUPTED:
                _show_resting(job)
            case _:
                _show_at_work(job)


def _show_plan(job: JobState) -> None:
    st.subheader(plain(job.title), anchor=False)
    plan = job.plan
    with st.container(horizontal=True):
        for label, count in (
            *(("New", plan.new), ("Copies", plan.copy), ("Changed", plan.changed), ("Renamed", plan.renamed)),
            *(("Unchanged", plan.unchanged), ("Skipped", plan.skipped), ("Failed", plan.failed), ("Gone", plan.gone)),
        ):
            if count or label in ("New", "Unchanged"):
                st.metric(label, f"{count:,}", border=True)
    st.markdown(planned(plan, services().library.seconds(plan)))
    _show_copies(job)
    if plan.missed:
        st.warning(
            f"{plan.missed:,} indexed pictures cannot be looked for: their drive or folder is not there. They stay in "
            "the index.",
            icon=":material/usb_off:",
        )
    prunes = plan.gone > 0 and st.checkbox(
        f"Also remove from the index the {plan.gone:,} pictures whose files are gone", key=f"prune-{job.id}"
    )
    with st.container(horizontal=True):
        _button("Start", "play_arrow", services().jobs.start, job.id, primary=True, prunes=prunes)
        _button("Discard", "delete", services().jobs.cancel, job.id)


def _show_copies(job: JobState) -> None:
    """Which of the files are copies, and of what."""
    if not job.plan.copy:
        return
    with st.expander("Copies", icon=":material/content_copy:"):
        copies = next(services().library.journal.lines.planned(job.id, {Planned.COPY}), [])
        st.dataframe(
            {
                "File": [displayable(one.path) for one in copies],
                "What it is": [displayable(one.reason) for one in copies],
            },
            hide_index=True,
            key=f"copies-{job.id}",
            alt="Files with the same bytes as others, and which these are",
        )
        if job.plan.copy > len(copies):
            st.caption(f"{job.plan.copy - len(copies):,} more")
        if job.plan.unchecked:
            st.caption(f"{job.plan.unchecked:,} more files were not compared: there may be copies among them.")


def _show_resting(job: JobState) -> None:
    _head(job)
    if job.error:
        show_error(job.error)
    if job.note:
        st.caption(plain(job.note))
    st.progress(share(job), text=plain(in_words(job)))
    with st.container(horizontal=True):
        _button("Resume", "play_arrow", services().jobs.resume, job.id, primary=True)
        _button("Cancel", "stop_circle", services().jobs.cancel, job.id)


def _show_at_work(job: JobState) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        _head(job)
        if job.status is not Status.PLANNING:
            pausing = job.wish == Status.PAUSED
            _button("Pausing …" if pausing else "Pause", "pause", services().jobs.pause, job.id, off=bool(job.wish))
        stopping = job.wish == Status.CANCELLED
        _button("Stopping …" if stopping else "Cancel", "stop_circle", services().jobs.cancel, job.id, off=stopping)
    st.progress(share(job), text=plain(in_words(job)))
    if job.status is Status.RUNNING:
        memory = f"{file_size(job.memory)} of memory" if job.memory else ""
        st.caption(plain(" · ".join(filter(None, (counted(job.counts), memory, job.note)))))
        _show_recent(job, str(job.id))


def show_ended(job: JobState, place: str = "panel") -> None:
    """What a job came to.

    Args:
        place: Where on the page: one job may be shown in several, and keys are to be told apart.
    """
    key = f"{place}-{job.id}"
    with st.container(border=True, key=f"job-{key}"):
        st.subheader(f"{plain(job.title)} — {STATUSES[job.status]}", anchor=False)
        if job.error:
            show_error(job.error)
        _show_counts(job)
        _show_next(job, key)
        if job.status is Status.DONE and not job.total:
            st.info("No pictures were found there. Check the folder, or choose another.", icon=":material/search_off:")
        if job.note:
            st.caption(plain(job.note))
        with st.expander("Every file and its verdict", icon=":material/fact_check:", expanded=job.counts.failed > 0):
            verdict_table(job, key)
        _show_recent(job, key)


def _show_counts(job: JobState) -> None:
    with st.container(horizontal=True):
        st.metric("Found", f"{job.total:,}", border=True)
        for outcome, label in OUTCOMES.items():
            if (count := getattr(job.counts, outcome)) or outcome is Outcome.ADDED:
                st.metric(label, f"{count:,}", border=True)
        st.metric("Time", duration(job.seconds), border=True)


def _show_next(job: JobState, key: str) -> None:
    """What can be done from here."""
    with st.container(horizontal=True):
        searchable = job.counts.stored + job.counts.unchanged > 0
        if searchable and st.button("Search them", icon=":material/search:", type="primary", key=f"search-{key}"):
            st.switch_page("search.py")
        if job.counts.failed:
            _button(f"Retry the {job.counts.failed:,} that failed", "refresh", services().jobs.retry, job.id, place=key)
        if job.status in (Status.CANCELLED, Status.FAILED) and job.done < job.total:
            _button("Resume", "play_arrow", services().jobs.resume, job.id, place=key)


def _show_recent(job: JobState, key: str) -> None:
    try:
        records = services().index.get(job.recent)
    except IndexUnavailable:  # said once, by the page
        return
    if records:
        st.caption("Just indexed" if job.active else "Indexed last")
        gallery(
            {"results": [item(Result.of(record), scored=False) for record in records]},
            key=f"recent-{key}",
            routes={name: route(name) for name in ("thumbnails", "images", "boxes")},
            on_act=lambda _, hashes: _search_with(hashes[0]),
        )


def _search_with(content_hash: str) -> None:
    """Runs before the page does, which then goes to the search."""
    st.session_state["search-with"] = content_hash


def _head(job: JobState) -> None:
    st.subheader(plain(job.title), anchor=False, width="stretch")


def _button(
    label: str,
    icon: str,
    action: Callable[..., object],
    job_id: int,
    *,
    primary: bool = False,
    off: bool = False,
    place: str = "",
    **how: Any,
) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        type="primary" if primary else "secondary",
        disabled=off,
        key=f"{icon}-{place or job_id}",
        on_click=attempt,
        args=(action, job_id),
        kwargs=how,
    )


def attempt(action: Callable[..., object], *args: Any, **kwargs: Any) -> None:
    """Do what a button is for; what is in the way is said."""
    try:
        action(*args, **kwargs)
    except ImageSearchError as error:
        # Shown by the panel: what is shown by a callback would take the place of other elements.
        st.session_state["job-said"] = f"**{error.title}**\n\n{plain(str(error))}"
