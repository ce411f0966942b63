"""What every page may have to say: an expected error, the state of the model."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import streamlit as st

from core.access.roles import Role
from core.errors import (
    ImageSearchError,
    ModelMismatch,
    ModelUnavailable,
    NoSuchCollection,
    NotSignedIn,
    SeveralCollections,
    StorageUnavailable,
)
from core.models import MODELS, STARTER
from core.ui.collections.chosen import offer_others
from core.ui.server import base_path, collection, services
from core.ui.who import may, visitor

_ABOUT_STARTER = "It comes with the app and knows about a thousand everyday things. CLIP understands far more."
_HOW_TO_ASK_FOR_CLIP = " To use CLIP, start the app without IMAGE_SEARCH_MODEL=starter."
SAID = "said"
"""In the state of a session: what the next run is to say."""


@contextmanager
def expected_errors() -> Iterator[None]:
    """The one place where errors are shown: what happened, what to do, and a button to try again."""
    try:
        yield
    except NotSignedIn as error:
        show_error(error)
        st.link_button("Sign in", f"{base_path()}/", icon=":material/login:", type="primary")
    except ImageSearchError as error:
        show_error(error)
        if isinstance(error, NoSuchCollection | SeveralCollections):
            offer_others()
            return
        with st.container(horizontal=True):
            st.button("Try again", icon=":material/refresh:", on_click=_retry, args=(error,))
            wanted = services().settings.model_id
            offered = isinstance(error, ModelMismatch) and may(Role.ADMIN)
            if offered and st.button(f"Re-embed with {wanted}", icon=":material/sync:"):
                switch_model()


def show_error(error: ImageSearchError) -> None:
    st.error(f"**{error.title}**\n\n{plain(error.message)}\n\n{plain(error.remedy)}", icon=":material/error:")


def store_banner() -> None:
    """Says on every page that the store does not answer: what is at hand is shown meanwhile."""
    mirror = services().mirror
    if mirror and (trouble := mirror.trouble):
        with suppress(StorageUnavailable):
            mirror.check()  # it may be back
            return
        st.warning(
            f"**{trouble.title}**\n\n{plain(str(trouble))} What is on this machine is shown meanwhile.",
            icon=":material/cloud_off:",
        )


def model_banner() -> None:
    """Says on every page that the starter model is in use, or another than the settings ask for, and offers that;
    nothing where that is in use."""
    model, asked_for = services().model.state, services().settings.model_id
    in_use = model.embedder.model_id if model.embedder else ""
    if model.status == "loading" and model.embedder is None:
        _await_model()
        with suppress(ImageSearchError):  # said by what needs the index
            stamp = services().index.model()
            in_use = stamp.model_id if stamp else ""  # it will be: what is below has its place from the beginning
    if (in_use == asked_for and in_use != STARTER) or in_use not in MODELS or services().is_several:
        return
    is_starter, wanted_name = in_use == STARTER, "CLIP" if in_use == STARTER else asked_for
    is_reembedding = any(job.rebuilds for job in services().jobs.open())
    with st.container(horizontal=True, vertical_alignment="center", key="model-banner"):
        if is_starter:
            st.markdown(
                ":material/info: **Starter model** :gray[· knows a thousand everyday things, CLIP far more]",
                help=_ABOUT_STARTER + (_HOW_TO_ASK_FOR_CLIP if asked_for == STARTER and not collection() else ""),
                width="stretch",
            )
        else:
            st.markdown(
                f":material/info: **{plain(in_use)}** :gray[· the settings ask for {plain(asked_for)}]", width="stretch"
            )
        if (is_starter and asked_for == STARTER) or not may(Role.ADMIN):
            return
        if is_reembedding or model.status == "loading":
            doing = "Switching to" if is_reembedding else "Loading"
            st.markdown(f":gray[{doing} {plain(wanted_name)}…]", width="content")
            return
        wanted = st.button(
            f"Switch to {wanted_name}",
            icon=":material/upgrade:",
            type="tertiary",
            help="Re-embeds all pictures in the background; searches keep working. Tags and labels stay.",
        )
    if wanted:
        switch_model()


@st.fragment(run_every=2.0)
def _await_model() -> None:
    """Runs the page again when it is known which model it is."""
    if services().model.state.status != "loading":
        st.rerun()


def switch_model() -> None:
    """Start re-embedding with the model that the settings ask for, or say why it cannot be had."""
    try:
        with st.spinner("Checking…"):
            job_id = services().reembed(by=visitor())
    except ImageSearchError as error:
        st.warning(f"**{error.title}**\n\n{plain(str(error))}", icon=":material/cloud_off:")
        return
    if job_id is None:  # there is nothing to embed
        services().model.retry()
    else:
        say("Re-embedding has started. Searches use the current model until it is done.", "sync")
    st.rerun()


@st.fragment(run_every=0.5)
def wait_for_model() -> None:
    """Says that the model is loading and how long it has been; reruns the page as soon as it is there."""
    state = services().model.state
    if state.status != "loading":
        st.rerun()
    st.markdown(
        f":material/hourglass_top: **The model is loading** :gray[· {state.seconds:.0f} s. "
        "Your search runs as soon as it is ready.]"
    )


def say(text: str, icon: str) -> None:
    """Have a sentence shown with the next run: what a callback shows itself would take the place of other elements."""
    st.session_state[SAID] = text, icon


def tell() -> None:
    """Show what was to be said."""
    if said := st.session_state.pop(SAID, None):
        text, icon = said
        st.toast(text, icon=f":material/{icon}:")


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
