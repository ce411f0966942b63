"""Buttons that have something done about a job, by whoever presses them."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.access.actors import by_whom
from core.errors import ImageSearchError
from core.ingest.jobs.words import started
from core.ingest.journal.job import JobState
from core.ui.notices import plain, say
from core.ui.who import visitor


def asking(label: str, icon: str, action: Callable[..., object], job: JobState, *, off: bool = False) -> None:
    """A button for what stops a job; it asks first where somebody else has started it."""
    if off or not _is_anothers(job):
        button(label, icon, action, job, off=off)
        return
    with st.popover(label, icon=f":material/{icon}:", key=f"ask-{icon}-{job.id}"):
        st.markdown(f"{plain(started(job))} {label} it anyway?")
        button(f"{label} this job", icon, action, job, primary=True, place=f"asked-{job.id}")


def _is_anothers(job: JobState) -> bool:
    me = visitor()
    return bool(job.started_by) and (job.started_key or job.started_by) not in (me.key, me.label)


def button(
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
    """A button that has something done about a job.

    Args:
        icon: Of Material; the button's key begins with it.
        action: As of `attempt`, of the job's id and `how`.
        off: Whether it cannot be pressed.
        place: What the key ends with, where a job is shown in several places.
    """
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


def begun(job: JobState) -> str:
    """Who has begun a job, in words; empty where it is not known."""
    return f"Started {by_whom(job.started_by)}" if job.started_by else ""
