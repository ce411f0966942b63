"""The parts of the page about collections."""

from collections.abc import Callable

import streamlit as st

from core.collections.collection import MAX_DESCRIPTION, MAX_TITLE, Collection
from core.embedding.weights import present_weights
from core.errors import ImageSearchError
from core.models import MODELS, STARTER
from core.text.words import ago, pictures
from core.ui.collections.chosen import open_collection
from core.ui.jobs.actions import attempt
from core.ui.notices import SAID, plain, say, tell
from core.ui.server import collection, collections
from core.ui.who import visitor

_MAX_NAME = 100


def introduction() -> None:
    """What the page is for, and what came of what was done on it."""
    tell()
    st.caption(
        "Each collection has pictures, sources, jobs, tags and saved searches of its own, and a model of its own. "
        "Choose one in the head of the page."
    )


def creation() -> None:
    """The form for a new one."""
    with (
        st.expander("New collection", icon=":material/create_new_folder:", key="new-collection"),
        st.form("create-collection", border=False),
    ):
        left, right = st.columns(2, gap="medium")
        name = left.text_input(
            "Name",
            max_chars=_MAX_NAME,
            placeholder="birds",
            help="Lower-case letters, digits, - and _. It stands in URLs and commands, and stays.",
        )
        title = right.text_input(
            "Title", max_chars=MAX_TITLE, placeholder="Birds of the north", help="What people read."
        )
        description = st.text_input("Description", max_chars=MAX_DESCRIPTION)
        model_id = st.selectbox(
            "Model", _models(), format_func=_about_model, help="What is not on this machine is downloaded."
        )
        wanted = st.form_submit_button("Create", icon=":material/add:", type="primary")
    if wanted:
        _create(name.strip(), title, description, model_id)


def listing() -> None:
    """Every collection, with what can be done with it."""
    for one in collections().all():
        with st.container(border=True, key=f"collection-{one.name}"):
            _show(one)


def _models() -> list[str]:
    """Those that are here first."""
    here = [model_id for model_id in MODELS if _is_here(model_id)]
    usual = collections().settings.model_id
    return list(dict.fromkeys([*([usual] if usual in here else []), *here[::-1], *MODELS]))


def _about_model(model_id: str) -> str:
    if model_id == STARTER:
        return "Starter model · comes with the app"
    here = _is_here(model_id)
    return f"{model_id} · {MODELS[model_id].dims} dimensions{'' if here else ' · to be downloaded'}"


def _is_here(model_id: str) -> bool:
    """Whether nothing has to be downloaded to this machine."""
    settings = collections().settings
    return (
        model_id == STARTER
        or settings.is_served(model_id)
        or present_weights(model_id, settings.model_cache_dir) is not None
    )


def _create(name: str, title: str, description: str, model_id: str) -> None:
    try:
        with st.spinner("Creating…"):
            made = collections().create(name, title, description, model_id, by=visitor())
    except ImageSearchError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    words = f"{plain(made.shown)} is there. Add pictures to it."
    open_collection(made, "ingest.py", lambda: say(words, "check_circle"))


def _show(one: Collection) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch", gap=None):
            st.subheader(plain(one.shown), anchor=False)
            if one.description:
                st.markdown(plain(one.description))
            st.caption(_about(one))
        if st.button("Open", icon=":material/search:", key=f"open-{one.name}"):
            open_collection(one)
        _describe(one)
        _confirm(one, "Clear", "mop", _ABOUT_CLEARING, collections().clear)
        if not one.is_first:
            _confirm(one, "Delete", "delete", _ABOUT_DELETING, collections().delete)


_ABOUT_CLEARING = (
    "Removes its pictures, with their tags, its sources, its jobs and what was uploaded. Title, model and saved "
    "searches stay. The files in your folders are not touched."
)
_ABOUT_DELETING = (
    "Deletes the collection with its pictures, tags, sources, jobs, saved searches and what was uploaded. "
    "The files in your folders are not touched."
)


def _about(one: Collection) -> str:
    said = [f"`{one.name}`"]
    try:
        status = collections().of(one.name).status()
        said += [pictures(status.count), f"model `{status.model_id}`"]
    except ImageSearchError as error:
        said.append(plain(error.title))
    if one.created_at and not one.is_first:
        said.append(f"created {ago(one.created_at)}")
    return " · ".join([*said, *(["the first one"] if one.is_first else [])])


def _describe(one: Collection) -> None:
    with st.popover("Rename", icon=":material/edit:"), st.form(f"rename-{one.name}", border=False):
        title = st.text_input("Title", one.title, max_chars=MAX_TITLE, placeholder=one.name, key=f"title-{one.name}")
        words = st.text_area("Description", one.description, max_chars=MAX_DESCRIPTION, key=f"description-{one.name}")
        st.caption(f"The name `{one.name}` stays: links and commands go by it.")
        if st.form_submit_button("Save", type="primary"):
            attempt(collections().change, one.name, title, words)
            st.rerun()


def _confirm(one: Collection, label: str, icon: str, about: str, action: Callable[..., object]) -> None:
    """Asks for the name to be typed."""
    key = f"{label.lower()}-{one.name}"
    with st.popover(label, icon=f":material/{icon}:"), st.form(key, border=False):
        st.markdown(about)
        typed = st.text_input(f"Type `{one.name}` to confirm", key=f"confirm-{key}", autocomplete="off")
        wanted = st.form_submit_button(f"{label} {plain(one.shown)}", type="primary")
        if wanted and typed.strip() != one.name:
            st.error(f"Type its name: {plain(one.name)}")
        elif wanted:
            with st.spinner(_DOING[label]):
                attempt(action, one.name, told=lambda _: f"{plain(one.shown)} is {_DONE[label]}.")
            _stay(one)


def _stay(one: Collection) -> None:
    """Show the page again; of a collection that is gone, as that of the first."""
    known = collections().all()
    if collection() == one.name and one.name not in {other.name for other in known}:
        said = st.session_state.get(SAID)
        open_collection(known[0], "collections.py", lambda: st.session_state.update({SAID: said}))
    st.rerun()


_DOING = {"Clear": "Clearing…", "Delete": "Deleting…"}
_DONE = {"Clear": "cleared", "Delete": "deleted"}
