"""A page with nothing but the gallery, and words about what it did: `?q=` are the words that are searched for."""

import streamlit as st

from core.index.index import MAX_K
from core.ui.components.gallery import gallery
from tests.browser import gallery_corpus as corpus

_API = ("search", "exports", "tags", "explain", "heatmap", "pictures")


def said(what: object) -> None:
    st.session_state.said = str(what)


def act(action: str, hashes: list[str]) -> None:
    said((action, [corpus.NUMBERS[digest] for digest in hashes]))
    match action:
        case "similar":
            st.query_params.from_dict({"image": hashes})
        case "more" | "less":
            st.query_params[action] = hashes


def count(k: int) -> None:
    said(("k", k))
    st.query_params["k"] = str(k)


st.set_page_config(layout="wide")
with st.container(horizontal=True):
    st.button("Run again")
    again = st.button("Changed")
    st.caption(st.session_state.get("said", "nothing yet"))
st.session_state.version = st.session_state.get("version", 0) + again
search = {
    "text": st.query_params.get("q", ""),
    "images": [{"image": digest} for digest in st.query_params.get_all("image")],
    "more": st.query_params.get_all("more"),
    "less": st.query_params.get_all("less"),
}
plain = "plain" in st.query_params
st.session_state.runs = st.session_state.get("runs", 0) + 1
answer = corpus.answer(search, st.session_state.version)
answer["milliseconds"]["index"] += st.session_state.runs / 100  # no two searches take the same time
gallery(
    answer,
    key="gallery",
    routes={name: f"/{name}" for name in ("thumbnails", "images", "boxes")}
    | {name: f"/api/v1/{name}" for name in _API},
    search=None if plain else search,
    k=int(st.query_params.get("k", MAX_K)),
    on_k=count,
    on_act=act,
    on_narrow=said,
    on_changed=lambda: said("changed"),
)
st.caption(f"End of run {st.session_state.runs}")
