"""A job in a card, of one height in every state, with what can be done about it."""

from collections.abc import Callable

import streamlit as st

from core.errors import PicturesLost
from core.ingest.jobs.words import found, in_words, not_compared, not_connected, planned, share, verdicts
from core.ingest.journal.job import JobState, Planned, Status
from core.text.names import utf8_safe
from core.text.words import counted, file_size, pictures
from core.ui.collections.chosen import go_to
from core.ui.jobs.actions import asking, begun, button
from core.ui.notices import plain, show_error
from core.ui.server import services


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
        lambda: button(
            "Start", "play_arrow", services().jobs.start, job, primary=True, prunes=bool(st.session_state.get(key))
        ),
        lambda: button("Discard", "close", services().jobs.cancel, job),
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
        plain(" · ".join(filter(None, (begun(job), job.note)))),
        lambda: button("Resume", "play_arrow", resume, job, primary=True),
        *([lambda: button("Leave them out", "playlist_remove", resume, job, prunes=True)] if leave_out else []),
        lambda: asking("Cancel", "stop_circle", services().jobs.cancel, job),
    )


def _show_at_work(job: JobState) -> None:
    pausing, stopping = job.requested == Status.PAUSED, job.requested == Status.CANCELLED
    pause = "Pausing…" if pausing else "Pause"
    buttons = [
        lambda: asking(
            "Cancelling…" if stopping else "Cancel", "stop_circle", services().jobs.cancel, job, off=stopping
        )
    ]
    if job.status is not Status.PLANNING:
        buttons.insert(0, lambda: asking(pause, "pause", services().jobs.pause, job, off=bool(job.requested)))
    memory = f"{file_size(job.memory)} of memory" if job.memory and job.status is Status.RUNNING else ""
    note = " · ".join(filter(None, (verdicts(job), memory, begun(job), job.note)))
    _card(job, job.title, share(job), plain(in_words(job)), plain(note), *buttons)


def show_result(job: JobState) -> None:
    """What the last job came to, in the place where its progress was."""
    _card(
        job,
        job.title,
        share(job) if job.status is not Status.DONE else 1.0,
        plain(in_words(job)),
        plain(verdicts(job) or "No pictures found."),
        lambda: _search_button(job, f"card-{job.id}"),
    )


def _search_button(job: JobState, key: str) -> None:
    searchable = job.counts.stored + job.counts.unchanged > 0
    if searchable and st.button("Search", icon=":material/search:", type="primary", key=f"search-{key}"):
        go_to("search.py")
