"""A page with nothing but the search bar, and what the bar said last; the query is in the URL, as it is of the app."""

import json
import time
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.search.language.parser import format_
from core.search.pasted import Pasted
from core.ui import url_state as address
from core.ui.chips import to_parts, with_parts
from core.ui.components.query import query_bar


def changed(change: Mapping[str, Any]) -> None:
    st.session_state["said"] = change
    if "address" in change:
        address.open_address(change["address"])
    else:
        address.write_search(with_parts(address.read_search(), change["text"], change["parts"]))


st.set_page_config(page_title="The search bar", layout="wide")
search = address.read_search()
text = format_(search.query.words, search.where)
waiting = st.empty()
while text == "for ever":  # until the visitor asks for something else
    time.sleep(0.05)
    waiting.text("searching")
query_bar(
    key="query",
    text=text,
    parts=to_parts(search, lambda digest: f"<i>{digest[:2]}</i>.png"),
    offer="a beach − people" if text == "a beach without people" else None,
    pasted=Pasted(text, None if text.startswith("/pictures") else "It is outside.") if text.startswith("/") else None,
    upload_url="/fake/queries",
    thumbnails="/fake/thumbnails",
    images="/fake/images",
    limit=1 << 20,
    placeholder="Describe what you are looking for",
    examples=("cat", "beach") if search.query.empty else (),
    completions={
        "label": ["car", "cat", "concert", "traffic light"],
        "tag": ["<img src=x onerror=hacked()>"],
        "taken": [],
    },
    saved_url="/fake/saved",
    on_change=changed,
)
st.text_input("Elsewhere")
st.code(json.dumps(st.session_state.get("said"), sort_keys=True), language=None)
