"""What jobs that have ended came to."""

import streamlit as st

from core.access.actors import by_whom
from core.errors import IndexUnavailable, StorageUnavailable
from core.ingest.jobs.words import STATUSES, outcome_word
from core.ingest.journal.job import JobState, Kind, Status
from core.ingest.journal.progress import Outcome, not_indexed
from core.search.output.response import item
from core.search.results import Result
from core.text.words import ago, counted, duration
from core.ui.collections.chosen import go_to
from core.ui.components.gallery import gallery
from core.ui.jobs.actions import begun, button
from core.ui.notices import plain, show_error
from core.ui.report import verdict_table
from core.ui.server import route, services

_MAX_RESULTS = 4
_CHOSEN = "job-report"


def ended_jobs() -> list[JobState]:
    """The jobs that ended last, the latest first."""
    ended = [job for job in services().jobs.states() if job.ended]
    return sorted(ended, key=lambda job: -(job.ended_at or 0))[:_MAX_RESULTS]


def reports() -> None:
    """The report of the job that ended last, or of another that is chosen."""
    if content_hash := st.session_state.pop("search-with", None):
        go_to("search.py", image=content_hash)
    ended = ended_jobs()
    if not ended:
        return
    # What a browser sends back is the name: each has one of its own, which time does not change.
    names = {job.id: f"{job.title} · {STATUSES[job.status]} · job {job.id}" for job in ended}
    by_id = {job.id: job for job in ended}
    chosen: int | None = ended[0].id
    if st.session_state.get(_CHOSEN) not in by_id:
        st.session_state.pop(_CHOSEN, None)
    if len(ended) > 1:
        chosen = st.selectbox("Report", list(by_id), format_func=lambda id_: names[id_], key=_CHOSEN, width=480)
    show_ended(by_id[chosen or ended[0].id])


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
        notes = filter(None, (ago(job.ended_at).capitalize(), begun(job), _stopped(job), job.note))
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
            button(label, "refresh", services().jobs.retry, job, place=key)
        if job.status in (Status.CANCELLED, Status.FAILED) and job.done < job.total:
            button("Resume", "play_arrow", services().jobs.resume, job, place=key)


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


def _stopped(job: JobState) -> str:
    return f"Cancelled {by_whom(job.changed_by)}" if job.status is Status.CANCELLED and job.changed_by else ""
