"""What every page may have to say: an expected error, the state of the model."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.config import STARTER
from core.errors import ImageSearchError, ModelUnavailable
from core.ui.server import services

_ABOUT_STARTER = (
    "The starter model knows about a thousand everyday things and comes with the app. CLIP understands far more. "
)
_HOW_TO_GET_CLIP = (
    "Its weights could not be fetched; they are, once, when this machine is connected to the internet. Pictures that "
    "were indexed with the starter model are then to be removed and indexed again."
)
_HOW_TO_ASK_FOR_CLIP = "It is used when IMAGE_SEARCH_MODEL is not set to `starter`."


@contextmanager
def expected_errors() -> Iterator[None]:
    """The one place where errors are shown: what happened, what to do, and a button to try again."""
    try:
        yield
    except ImageSearchError as error:
        show_error(error)
        st.button("Try again", icon=":material/refresh:", on_click=_retry, args=(error,))


def show_error(error: ImageSearchError) -> None:
    st.error(f"**{error.title}**\n\n{plain(error.message)}\n\n{plain(error.remedy)}", icon=":material/error:")


def model_banner() -> None:
    """Says on every page that the starter model is in use; nothing where CLIP is."""
    model, asked_for = services().model.state, services().settings.model_id
    if model.embedder is None or model.embedder.model_id != STARTER:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="model-banner"):
        st.markdown(
            ":material/info: **You are using the starter model** "
            ":gray[· it knows a thousand everyday things, CLIP far more]",
            help=_ABOUT_STARTER + (_HOW_TO_ASK_FOR_CLIP if asked_for == STARTER else _HOW_TO_GET_CLIP),
            width="stretch",
        )
        if asked_for == STARTER:
            return
        if model.status == "loading":
            st.markdown(":gray[Looking for CLIP …]", width="content")
            return
        tried = st.button("Try CLIP again", icon=":material/refresh:", type="tertiary")
    if tried:
        _try_clip()


def _try_clip() -> None:
    """Say why CLIP cannot be used, or use it."""
    with st.spinner("Looking for CLIP …"):
        obstacle = services().model.obstacle()
    if obstacle:
        st.warning(f"{plain(obstacle.message)} {plain(obstacle.remedy)}", icon=":material/cloud_off:")
    else:
        services().model.retry()
        st.rerun()


@st.fragment(run_every=0.5)
def wait_for_model() -> None:
    """Says that the model is loading and how long it has been; reruns the page as soon as it is there."""
    state = services().model.state
    if state.status != "loading":
        st.rerun()
    st.markdown(
        f":material/hourglass_top: **The model is loading** :gray[· {state.seconds:.0f} s · about 20 s after a start. "
        "Your search runs as soon as it is ready.]"
    )


def model_ready() -> bool:
    """Whether a search that needs the model can run at once.

    Raises:
        ModelUnavailable, ModelMismatch, IndexUnavailable: why the model cannot be loaded.
    """
    services().model.load()
    state = services().model.state
    if state.status == "failed" and state.error and not state.embedder:
        raise state.error
    return state.embedder is not None


def _retry(error: ImageSearchError) -> None:
    if isinstance(error, ModelUnavailable):
        services().model.retry()


def plain(text: str) -> str:
    """Text in which Markdown finds nothing to format: paths and addresses are shown as they are."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()<>#+-.!|~:$" else letter for letter in text)
