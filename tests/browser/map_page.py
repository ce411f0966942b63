"""A page with nothing but the map, and words about what it did: `?points=` are how many there are, `?q=` is lit."""

from urllib.parse import urlencode

import streamlit as st

from core.ui.components.map import MapRoutes, MapVersion, collection_map
from tests.browser import map_corpus as corpus


def said(what: object) -> None:
    st.session_state.said = str(what)


def light(text: str) -> None:
    said(("search", text))
    if text:
        st.query_params["q"] = text
    else:
        st.query_params.pop("q", None)


st.set_page_config(layout="wide")
count = int(st.query_params.get("points", "300"))
words = st.query_params.get("q", "")
st.caption(st.session_state.get("said", "nothing yet"))
with_count = f"?{urlencode({'points': count})}"
collection_map(
    MapVersion(**corpus.info(count), behind=0),
    key="map",
    routes=MapRoutes(
        f"/api/v1/map{with_count}",
        "/thumbnails",
        "/images",
        "/",
        f"/api/v1/map/selections{with_count}",
        f"/api/v1/map/clusters{with_count}",
        "/api/v1/tags",
        "/api/v1/exports",
    ),
    search=urlencode({"q": words}) if words else "",
    said=words,
    tags=["holiday"],
    on_search=light,
    on_go=lambda parameters: said(("go", parameters)),
    on_place=lambda: said("place"),
)
