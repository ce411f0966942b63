"""The parts of the ingest page: what is indexed, and the ways to add more."""

import streamlit as st

from core.errors import FolderRefused
from core.images.files import SUFFIXES, check_folder
from core.ui.components.uploads import upload_area
from core.ui.samples import sample_button
from core.ui.server import UPLOAD_LIMIT, route, services

_ENGINES = {"lancedb": "embedded index", "elasticsearch": "Elasticsearch"}


def corpus() -> None:
    """How many pictures there are and where; the samples where there are none, nor any on their way."""
    status = services().status()
    where = f"{_ENGINES[status.engine]} `{status.index}`, made with `{status.model_id}`"
    if status.count:
        st.caption(f"{status.count:,} pictures in the {where}.")
        return
    if services().jobs.busy:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="invitation"):
        st.markdown(
            "**Nothing is indexed yet.** No pictures at hand? Try the ones that are already on this machine.",
            width="stretch",
        )
        sample_button()


def folder_form() -> None:
    """A folder of the server's machine, below the library roots."""
    with st.form("folder", height="stretch"):
        st.markdown("**A folder on this machine**")
        text = st.text_input(
            "Folder",
            key="folder-path",
            placeholder=str(services().settings.library_roots[0] / "Pictures"),
            help="Read with all folders below it; what is already indexed and unchanged is skipped.",
            persist_state="session",
        )
        started = st.form_submit_button("Start", icon=":material/play_arrow:", type="primary")
        st.caption(f"Allowed: {', '.join(f'`{root}`' for root in services().settings.library_roots)} and below.")
    if started:
        _start_folder(text or "")


def upload_form() -> None:
    """Pictures from the visitor's machine; indexed as soon as all are sent."""
    with st.container(border=True, height="stretch"):
        st.markdown("**From this browser**")
        upload_area(
            key="uploads",
            upload_url=route("uploads"),
            limit=UPLOAD_LIMIT,
            suffixes=sorted(SUFFIXES),
            on_uploaded=_start_uploads,
        )


def _start_folder(text: str) -> None:
    try:
        path = check_folder(text, services().settings.library_roots)
    except FolderRefused as error:
        st.error(f"{error.message} {error.remedy}", icon=":material/folder_off:")
        return
    services().start_ingest(path.name or str(path), [path])
    st.rerun()


def _start_uploads(ids: list[str], _: list[dict[str, str]]) -> None:
    """Runs before the page does, when everything was sent. The area itself lists what was refused."""
    paths = [path for digest in ids if (path := services().uploads.path(digest))]
    if paths:
        services().start_ingest("Uploaded pictures" if len(paths) > 1 else "Uploaded picture", paths)
