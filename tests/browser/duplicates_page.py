"""A page with nothing but the review of duplicates: `?collection=` names one of `duplicates_corpus`."""

import streamlit as st

from core.ui.components.duplicates import duplicates_review
from tests.browser.duplicates_corpus import summary

collection = st.query_params.get("collection", "few")
at = f"?collection={collection}"
st.set_page_config(layout="wide")
duplicates_review(
    key="duplicates",
    routes={name: f"/api/v1/{name}{at}" for name in ("duplicates", "pictures")}
    | {name: f"/{name}{at}" for name in ("thumbnails", "images")},
    summary=summary(collection),
    decides="viewer" not in st.query_params,
    folders=["/pictures/0", "/pictures/1"],
    search="/?q=duplicate:set-aside",
)
