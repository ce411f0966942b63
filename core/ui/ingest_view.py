"""The parts of the ingest page: what is indexed, and the ways to add more."""

from collections.abc import Sequence

import streamlit as st

from core.errors import ImageSearchError
from core.images.files import SUFFIXES
from core.sources.checks import check_path
from core.sources.remote.urls import check_url, is_url
from core.sources.uploaded import MAX_FILE_BYTES
from core.text.words import pictures
from core.ui.components.uploads import UploadLimits, upload_area
from core.ui.notices import plain
from core.ui.samples import sample_button
from core.ui.server import route, services
from core.ui.shell import look
from core.ui.who import visitor

_ENGINES = {"lancedb": "LanceDB on this machine", "elasticsearch": "Elasticsearch"}


def make_room() -> None:
    """The page's own look."""
    st.html(look("ingest"))  # for those who come from another page


def invitation() -> None:
    """The samples, where there are no pictures, nor any on their way."""
    if services().index.count() or services().jobs.open():
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="invitation"):
        st.markdown("**Nothing is indexed yet.** No pictures at hand? Try the samples.", width="stretch")
        sample_button()


def corpus() -> None:
    """How many pictures there are, and where."""
    status = services().status()
    st.caption(f"{pictures(status.count)} in `{status.index}` · {_ENGINES[status.engine]} · model `{status.model_id}`")


def source_form() -> None:
    """Folders, pictures and archives of the server below the library roots, and addresses that are allowed."""
    settings = services().settings
    with st.form("source", height="stretch"):
        text = st.text_area(
            "Folders, pictures or ZIP files on this machine, one per line",
            key="source-text",
            height=72,
            placeholder=str(settings.library_roots[0] / "Pictures"),
            help="Folders are read with all subfolders. Files that have not changed are not read again. Datasets "
            "(YOLO, COCO, Pascal VOC) come with their labels.",
            persist_state="session",
        )
        scanned = st.form_submit_button("Scan folder", icon=":material/folder_open:", type="primary")
        st.caption(f"Allowed: {_listed(settings.library_roots)} and subfolders.")
        if settings.urls:
            st.caption(f"Allowed URLs: {_listed(settings.urls)} and below.")
    if scanned:
        _plan(text or "")


def _listed(places: Sequence[object]) -> str:
    return ", ".join(f"`{place}`" for place in places)


def upload_form() -> None:
    """Pictures from the visitor's machine; indexed as soon as all are sent."""
    from core.sources.datasets.files import SUFFIXES as PARTS  # imports YAML, for which no start waits

    settings = services().settings
    with st.container(border=True, height="stretch", key="upload-form"):
        upload_area(
            key="uploads",
            upload_url=route("uploads"),
            done_url=route("uploads/done"),
            limits=UploadLimits(
                settings.upload_mb << 20, settings.archive_mb << 20, MAX_FILE_BYTES, settings.upload_files
            ),
            suffixes=sorted(SUFFIXES),
            parts=PARTS,
        )


def _plan(text: str) -> None:
    """Plan what the user typed, a source on each line; the first that is refused is said, and nothing is begun."""
    lines = [line for line in text.splitlines() if line.strip()] or [""]
    try:
        services().library.add([_location(line) for line in lines], by=visitor())
    except ImageSearchError as error:
        st.error(plain(str(error)), icon=":material/folder_off:")
        return
    st.rerun()


def _location(line: str) -> str:
    settings = services().settings
    return check_url(line, settings.urls) if is_url(line) else str(check_path(line, settings.library_roots))
