"""The page about labels: which part of it is shown, and by which routes."""

import streamlit as st

from core.access.roles import Role
from core.errors import SeveralCollections
from core.ui.components.labels.labels import Section, labels_view
from core.ui.server import base_path, route, services
from core.ui.who import may

_SECTIONS: dict[Section, str] = {
    "classes": "Classes",
    "suspicious": "Suspicious",
    "leakage": "Leakage",
    "balance": "Balance & boxes",
    "unlabelled": "Unlabelled",
    "pick": "Pick",
}
_ROUTES = ("thumbnails", "images")
_API = ("classes", "labels", "picks", "tags", "exports")


def section() -> Section:
    """The one that is chosen: it stands in the URL."""
    if services().is_several:
        raise SeveralCollections("Labels are looked at in one collection at a time.", "Choose one of them.")
    chosen = st.segmented_control(
        "Section",
        list(_SECTIONS),
        format_func=lambda one: _SECTIONS[one],
        default="classes",
        required=True,
        key="section",
        bind="query-params",
        label_visibility="collapsed",
    )
    return chosen or "classes"


def show(chosen: Section) -> None:
    """What is chosen."""
    routes = {name: route(name) for name in _ROUTES} | {name: route(f"api/v1/{name}") for name in _API}
    labels_view(chosen, key="labels", routes=routes, edits=may(Role.EDITOR), search=f"{base_path()}/search")
