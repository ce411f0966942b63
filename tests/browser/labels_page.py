"""A page with nothing but one part of the page about labels: `?section=`, and what it answers."""

import streamlit as st

from core.ui.components.labels.labels import labels_view

st.set_page_config(layout="wide")
labels_view(
    st.query_params.get("section", "suspicious"),
    key="labels",
    routes={name: f"/{name}" for name in ("thumbnails", "images")}
    | {name: f"/api/v1/{name}" for name in ("classes", "labels", "picks", "tags", "exports")},
    edits=True,
    search="/search",
)
