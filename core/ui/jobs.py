"""Jobs on the page: a line on every page while one runs, and each in full where it belongs."""

from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from core.access.actors import by_whom
from core.access.roles import Role
from core.errors import ImageSearchError, IndexUnavailable, PicturesLost, StorageUnavailable
from core.ingest.jobs.words import (
    STATUSES,
    found,
    in_words,
    not_compared,
    not_connected,
    outcome_word,
    planned,
    share,
    started,
    verdicts,
)
from core.ingest.journal.job import JobState, Kind, Planned, Status
from core.ingest.journal.progress import Outcome, not_indexed
from core.search.output.response import item
from core.search.results import Result
from core.text.names import utf8_safe
from core.text.words import ago, counted, duration, file_size, pictures
from core.ui.collections.chosen import go_to, named
from core.ui.components.gallery import gallery
from core.ui.notices import plain, say, show_error, tell
from core.ui.report import verdict_table
from core.ui.server import route, services
from core.ui.who import may, visitor

_MAX_SHOWN = 3
_MAX_RESULTS = 4
_CHOSEN = "job-report"


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
    return jobs.moving, tuple(job.id for job in jobs.open()), tuple(job.id for job in _ended())


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
    if not jobs and (ended := _ended()):
        _show_result(ended[0])


def _ended() -> list[JobState]:
    """The jobs that ended last, the latest first."""
    ended = [job for job in services().jobs.states() if job.ended]
    return sorted(ended, key=lambda job: -(job.ended_at or 0))[:_MAX_RESULTS]


def reports() -> None:
    """The report of the job that ended last, or of another that is chosen."""
    if content_hash := st.session_state.pop("search-with", None):
        go_to("search.py", image=content_hash)
    ended = _ended()
    if not ended:
        return
    names = {job.id: f"{job.title} · {STATUSES[job.status]} {ago(job.ended_at)}" for job in ended}
    by_id = {job.id: job for job in ended}
    chosen: int | None = ended[0].id
    if st.session_state.get(_CHOSEN) not in by_id:
        st.session_state.pop(_CHOSEN, None)
    if len(ended) > 1:
        chosen = st.selectbox("Report", list(by_id), format_func=lambda id_: names[id_], key=_CHOSEN, width=480)
    show_ended(by_id[chosen or ended[0].id])


def show_job(job: JobState) -> None:
    """A job that has not ended, in a card, with what can be done about it."""
    match job.status:
        case Status.PLANNED:
            _show_plan(job)
        case Status.PAUSED | Status.INTERRUPTED:
            _show_resting(job)
        case _:
            _show_at_work(job)


def _card(job: JobState, title: str, progress: float, text: str, note: str, *buttons: Callable[[], None]) -> None:
    """Of one height in every state of a job: what is below does not move when it goes on."""
    with st.container(border=True, key=f"job-{job.id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(plain(title), anchor=False, width="stretch")
            for button in buttons:
                button()
        st.progress(progress, text=text)
        st.caption(note or " ")


def _show_plan(job: JobState) -> None:
    plan, key = job.plan, f"prune-{job.id}"
    _card(
        job,
        job.title,
        0.0,
        found(plan, "**{:,}**"),
        planned(plan, services().library.seconds(plan)),
        lambda: _button(
            "Start", "play_arrow", services().jobs.start, job, primary=True, prunes=bool(st.session_state.get(key))
        ),
        lambda: _button("Discard", "close", services().jobs.cancel, job),
    )
    _show_copies(job)
    if plan.missed:
        st.warning(not_connected(plan), icon=":material/usb_off:")
    if plan.gone:
        why = "its file is" if plan.gone == 1 else "their files are"
        st.checkbox(f"Also remove {pictures(plan.gone)} from the index: {why} missing", key=key)


def _show_copies(job: JobState) -> None:
    """Which of the files are copies, and of what."""
    if not job.plan.copy:
        return
    with st.expander("Copies", icon=":material/content_copy:"):
        copies = next(services().library.journal.files(job.id).planned({Planned.COPY}), [])
        st.dataframe(
            {
                "File": [utf8_safe(one.path) for one in copies],
                "Copy of": [utf8_safe(one.reason) for one in copies],
            },
            hide_index=True,
            key=f"copies-{job.id}",
            alt="Files that are copies, and of what",
        )
        if job.plan.copy > len(copies):
            st.caption(f"{counted(job.plan.copy - len(copies), 'more copy', 'more copies')}")
        if job.plan.unchecked:
            st.caption(not_compared(job.plan))


def _show_resting(job: JobState) -> None:
    if job.error:
        show_error(job.error)
    resume = services().jobs.resume
    leave_out = isinstance(job.error, PicturesLost)
    _card(
        job,
        job.title,
        share(job),
        plain(in_words(job)),
        plain(" · ".join(filter(None, (_begun(job), job.note)))),
        lambda: _button("Resume", "play_arrow", resume, job, primary=True),
        *([lambda: _button("Leave them out", "playlist_remove", resume, job, prunes=True)] if leave_out else []),
        lambda: _asking("Cancel", "stop_circle", services().jobs.cancel, job),
    )


def _show_at_work(job: JobState) -> None:
    pausing, stopping = job.requested == Status.PAUSED, job.requested == Status.CANCELLED
    pause = "Pausing…" if pausing else "Pause"
    buttons = [
        lambda: _asking(
            "Cancelling…" if stopping else "Cancel", "stop_circle", services().jobs.cancel, job, off=stopping
        )
    ]
    if job.status is not Status.PLANNING:
        buttons.insert(0, lambda: _asking(pause, "pause", services().jobs.pause, job, off=bool(job.requested)))
    memory = f"{file_size(job.memory)} of memory" if job.memory and job.status is Status.RUNNING else ""
    note = " · ".join(filter(None, (verdicts(job), memory, _begun(job), job.note)))
    _card(job, job.title, share(job), plain(in_words(job)), plain(note), *buttons)


def _show_result(job: JobState) -> None:
    """What the last job came to, in the place where its progress was."""
    _card(
        job,
        job.title,
        share(job) if job.status is not Status.DONE else 1.0,
        plain(in_words(job)),
        plain(verdicts(job) or "No pictures found."),
        lambda: _search_button(job, f"card-{job.id}"),
    )


def show_ended(job: JobState, place: str = "panel") -> None:
    """What a job came to.

    Args:
        place: Where on the page: one job may be shown in several, and keys are to be told apart.
    """
    key = f"{place}-{job.id}"
    with st.container(border=True, key=f"report-{key}"):
        st.subheader(f"{plain(job.title)} — {STATUSES[job.status]}", anchor=False)
        if job.error:
            show_error(job.error)
        _show_counts(job)
        if job.status is Status.DONE and not job.total:
            st.info("No pictures found. Check the folder, or choose another one.", icon=":material/search_off:")
        if reasons := not_indexed(job.counts, services().library.journal.files(job.id).problems()):
            st.caption(f"Not indexed: {reasons}")
        notes = filter(None, (_begun(job), _stopped(job), job.note))
        st.caption(plain(" · ".join(notes)))
        _show_next(job, key)
        with st.expander("All files", icon=":material/fact_check:", expanded=job.counts.failed > 0):
            verdict_table(job, key)
        _show_recent(job, key)


def _show_counts(job: JobState) -> None:
    with st.container(horizontal=True):
        st.metric("Found", f"{job.total:,}", border=True)
        first = Outcome.UPDATED if job.rebuilds else Outcome.ADDED
        for outcome in Outcome:
            if (count := getattr(job.counts, outcome)) or outcome is first:
                st.metric(outcome_word(job, outcome), f"{count:,}", border=True)
        st.metric("Time", duration(job.seconds), border=True)


def _show_next(job: JobState, key: str) -> None:
    """What can be done from here."""
    with st.container(horizontal=True):
        if (failed := job.counts.failed) and job.kind is Kind.INGEST:
            label = f"Retry {counted(failed, 'failed file')}"
            _button(label, "refresh", services().jobs.retry, job, place=key)
        if job.status in (Status.CANCELLED, Status.FAILED) and job.done < job.total:
            _button("Resume", "play_arrow", services().jobs.resume, job, place=key)


def _search_button(job: JobState, key: str) -> None:
    searchable = job.counts.stored + job.counts.unchanged > 0
    if searchable and st.button("Search", icon=":material/search:", type="primary", key=f"search-{key}"):
        go_to("search.py")


def _show_recent(job: JobState, key: str) -> None:
    try:
        records = services().index.get(job.recent)
    except (IndexUnavailable, StorageUnavailable):  # said once, by the page
        return
    if records:
        st.caption("Latest pictures")
        gallery(
            {"results": [item(Result.of(record), scored=False) for record in records]},
            key=f"recent-{key}",
            routes={name: route(name) for name in ("thumbnails", "images", "boxes")},
            on_act=lambda _, hashes: _search_with(hashes[0]),
        )


def _search_with(content_hash: str) -> None:
    """Runs before the page does, which then goes to the search."""
    st.session_state["search-with"] = content_hash


def _begun(job: JobState) -> str:
    return f"Started {by_whom(job.started_by)}" if job.started_by else ""


def _stopped(job: JobState) -> str:
    return f"Cancelled {by_whom(job.changed_by)}" if job.status is Status.CANCELLED and job.changed_by else ""


def _asking(label: str, icon: str, action: Callable[..., object], job: JobState, *, off: bool = False) -> None:
    """A button for what stops a job; it asks first where somebody else has started it."""
    if off or not _is_anothers(job):
        _button(label, icon, action, job, off=off)
        return
    with st.popover(label, icon=f":material/{icon}:", key=f"ask-{icon}-{job.id}"):
        st.markdown(f"{plain(started(job))} {label} it anyway?")
        _button(f"{label} this job", icon, action, job, primary=True, place=f"asked-{job.id}")


def _is_anothers(job: JobState) -> bool:
    me = visitor()
    return bool(job.started_by) and (job.started_key or job.started_by) not in (me.key, me.label)


def _button(
    label: str,
    icon: str,
    action: Callable[..., object],
    job: JobState,
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
        key=f"{icon}-{place or job.id}",
        on_click=attempt,
        args=(action, job.id),
        kwargs=how,
    )


def attempt(action: Callable[..., object], *args: Any, told: Callable[[Any], str] | None = None, **how: Any) -> None:
    """Do what a button is for, as whoever presses it; what came of it, or what is in the way, is said.

    Args:
        action: Takes `by`, and finds out whether they may.
        told: What to say of the result.
    """
    try:
        result = action(*args, **how, by=visitor())
    except ImageSearchError as error:
        say(f"**{error.title}**\n\n{plain(str(error))}", "error")
        return
    if told:
        say(told(result), "check_circle")
