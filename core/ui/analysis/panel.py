"""An analysis on its page: not begun, at work, stopped, done; with what can be done about it."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import streamlit as st

from core.access.roles import Role
from core.errors import ImageSearchError
from core.ingest.journal.job import JobState, Status
from core.text.words import ago, pictures
from core.ui.jobs.actions import attempt
from core.ui.jobs.cards import show_job
from core.ui.notices import plain, show_error, tell
from core.ui.server import services
from core.ui.who import may


@dataclass(frozen=True, slots=True)
class Shown:
    """How a page speaks of its analysis."""

    name: str
    """As jobs know it."""
    start: str
    """What its button says: `Check quality`."""
    invitation: str
    """What it will bring, in a sentence, for those who see the page for the first time."""
    icon: str
    """Of Material Symbols."""


def analysis_panel(shown: Shown, checked: int | None, total: int, *, invites: bool = True) -> None:
    """
    Args:
        checked: How many pictures it knows of; None where it was never carried out.
        total: How many there are.
        invites: Whether the page has nothing else to show before.
    """
    _polling(shown.name, lambda job: _panel(shown, job, checked, total, invites))


def job_of(name: str, ended: Callable[[JobState | None], None]) -> None:
    """The latest job of an analysis while it is under way, or rests; else what is shown then."""

    def view(job: JobState | None) -> None:
        if job and not job.ended:
            show_job(job)
        else:
            ended(job)

    _polling(name, view)


def _polling(name: str, view: Callable[[JobState | None], None]) -> None:
    """Shown again and again while the job moves; the whole page where it begins or ends."""

    def shown(was: Hashable) -> None:
        try:  # the page's own place for errors is not around a fragment that runs by itself
            if was != _state(name):
                st.rerun()
            tell()
            view(services().library.latest_analysis(name))
        except ImageSearchError as error:
            show_error(error)

    job = services().library.latest_analysis(name)
    st.fragment(shown, run_every=1.0 if job and job.active else None)(_state(name))


def _state(name: str) -> Hashable:
    job = services().library.latest_analysis(name)
    return job and (job.id, job.status, job.requested)


def _panel(shown: Shown, job: JobState | None, checked: int | None, total: int, invites: bool) -> None:
    if job and not job.ended:
        show_job(job)
    elif job and job.status is Status.FAILED and job.error:
        show_error(job.error)
        _button(shown, "Try again", "refresh")
    elif checked is None and (invites or not total):
        _invitation(shown, total)
    elif checked is None:
        _offer(shown)
    else:
        _made(shown, job, checked, total)


def _invitation(shown: Shown, total: int) -> None:
    with st.container(horizontal_alignment="center", gap="small", key=f"invite-{shown.name}"):
        st.space("large")
        st.markdown(f"### :material/{shown.icon}: {plain(shown.invitation)}", width="content", text_alignment="center")
        if not total:
            st.markdown("Nothing is indexed yet.", width="content")
            if may(Role.ADMIN):
                st.page_link("ingest.py", label="Add pictures", icon=":material/add_photo_alternate:")
        elif may(Role.EDITOR):
            _button(shown, shown.start, "play_arrow", primary=True)
            st.caption(f"It goes through {pictures(total)} in the background. Nothing is changed in your files.")
        else:
            st.caption("An editor can start it.")


def _offer(shown: Shown) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"offer-{shown.name}"):
        st.caption(shown.invitation, width="stretch")
        if may(Role.EDITOR):
            _button(shown, shown.start, "play_arrow", primary=True)


def _made(shown: Shown, job: JobState | None, checked: int, total: int) -> None:
    behind = max(0, total - checked)
    with st.container(horizontal=True, vertical_alignment="center", key=f"made-{shown.name}"):
        when = f" · {ago(job.ended_at)}" if job and job.ended_at else ""
        new = f" · :orange[{pictures(behind)} not looked at yet]" if behind else ""
        st.caption(f"{pictures(checked)}{when}{new}", width="stretch")
        if may(Role.EDITOR):
            _button(shown, f"Look at {pictures(behind)}" if behind else "Look again", "refresh")


def _button(shown: Shown, label: str, icon: str, *, primary: bool = False) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        type="primary" if primary else "secondary",
        key=f"start-{shown.name}",
        on_click=attempt,
        args=(services().library.analyse, shown.name),
    )
