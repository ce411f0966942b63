"""An empty index invites: pictures to try the search with, without any data of one's own."""

import streamlit as st

from core.access.roles import Role
from core.ingest.jobs.words import in_words, share
from core.ingest.journal.job import JobState, Status
from core.sources.samples import sample_pictures
from core.ui.collections.chosen import go_to
from core.ui.notices import plain
from core.ui.server import services
from core.ui.who import may, visitor


def offer_samples() -> None:
    """For an index without pictures: says what is being indexed, or offers the samples and the way to one's own."""
    st.space("large")
    with st.container(horizontal_alignment="center", gap="small", key="invitation"):
        if job := _first_ingest():
            _announce(job)
        else:
            _invite()


def _first_ingest() -> JobState | None:
    return next((job for job in services().jobs.open() if job.status is not Status.PLANNED), None)


def _announce(job: JobState) -> None:
    """The line above the page has its progress, and runs the page again when there is something to see."""
    rests = not (job.active or job.retry_at)
    st.markdown(
        f"### :material/hourglass_top: {'Indexing is paused' if rests else 'Indexing'}: {plain(job.title)}",
        width="content",
        text_alignment="center",
    )
    st.progress(share(job), text=plain(in_words(job)), width=420)
    st.markdown(
        "Resume it, and results appear here." if rests else "Results appear here as soon as the first pictures are in.",
        width="content",
        text_alignment="center",
    )
    if may(Role.ADMIN) and st.button("Show details", icon=":material/arrow_forward:"):
        go_to("ingest.py")


def _invite() -> None:
    st.markdown("### :material/photo_library: Nothing is indexed yet", width="content", text_alignment="center")
    if not may(Role.ADMIN):
        return
    st.markdown(
        "Add your own pictures, or try the search with the sample pictures on this machine.",
        width="content",
        text_alignment="center",
    )
    with st.container(horizontal=True, horizontal_alignment="center", gap="small"):
        if st.button("Add pictures", icon=":material/add_photo_alternate:"):
            go_to("ingest.py")
        sample_button()


def sample_button() -> None:
    """Starts indexing the pictures that come with scikit-image, and shows how it goes."""
    if sample_pictures() and st.button("Index sample pictures", icon=":material/auto_awesome:", type="primary"):
        services().start_samples(by=visitor())
        go_to("ingest.py")
