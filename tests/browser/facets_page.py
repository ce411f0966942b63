"""The panel of facets and the view options alone, over records that exist only here."""

from dataclasses import replace
from datetime import datetime

import streamlit as st

from core.images.describe import Box, Colour
from core.index.filters import AnyOf, Between, Filter, InFolder, NameContains, meets
from core.index.records import ImageRecord
from core.search.options import Options
from core.search.ranking import facets
from core.ui.components.facets import facets_panel
from core.ui.components.view import view_options

LABELS = (
    "person",
    "car",
    "dog",
    "bird",
    "cat",
    "boat",
    "bench",
    "book",
    "bottle",
    "bowl",
    "chair",
    "clock",
    "cup",
    "tie",
)
HOSTILE = "<img src=x onerror=alert(1)> " + "very " * 30 + "long"
FOLDERS = ("/photos/2023/rome", "/photos/2023/oslo", "/photos/2024/deep/nested", "/photos/raw\udcff")

FILTERS = {
    "none": Filter(),
    "rich": Filter(
        (
            AnyOf("label", ("person", "unicorn")),
            AnyOf("label", ("dog",), excluded=True),
            AnyOf("folder", ("rome",), excluded=True),
            Between("taken", datetime(2021, 1, 1), datetime(2024, 1, 1)),
            Between("width", 1000),
            Between("sharpness", 0.2),
            NameContains("img"),
            NameContains("draft", excluded=True),
        )
    ),
    "folders": Filter((InFolder("/photos/2024"), InFolder("/photos/raw\udcff", excluded=True))),
}


def made(number: int) -> ImageRecord:
    labels = [label for at, label in enumerate((*LABELS, HOSTILE)) if number % (at + 2) == 0]
    return ImageRecord(
        id=f"{number:032x}",
        path=f"{FOLDERS[number % len(FOLDERS)]}/img{number:04}.jpg",
        name=f"img{number:04}.jpg",
        content_hash=f"{number:064x}",
        size=number * 12_345,
        mtime_ns=0,
        width=400 + number * 7 % 3000,
        height=900,
        format="PNG" if number % 5 == 0 else "JPEG",
        boxes=tuple(Box(label, 0.0, 0.0, 1.0, 1.0) for label in labels),
        tags=("holiday",) if number % 3 else ("holiday", "work"),
        taken_at=datetime(2016 + int((number % 81) ** 0.5), 6, 1) if number % 4 else None,
        camera="Canon EOS R5" if number % 2 else "NIKON Z 8",
        colours=(Colour(("#000000", "#d0d0d0")[number % 2], 0.5),),
    )


@st.cache_resource
def records() -> list[ImageRecord]:
    return [made(number) for number in range(1, 2001)]


st.set_page_config(layout="wide")
state = st.session_state
state.setdefault("where", FILTERS[st.query_params.get("where", "none")])
state.setdefault("options", Options())
state.setdefault("edits", 0)
state["runs"] = state.get("runs", 0) + 1


def narrow(where: Filter) -> None:
    state.where, state.edits = where, state.edits + 1


def look(options: Options) -> None:
    state.options, state.edits = options, state.edits + 1


def type_cats() -> None:
    state.where = replace(state.where, conditions=(*state.where.conditions, AnyOf("label", ("cat",))))


def passing(where: Filter) -> list[ImageRecord]:
    return [record for record in records() if meets(record, where)]


found = passing(state.where)
counts = dict(facets.with_choices(facets.count(found), state.where, lambda where: facets.count(passing(where))))
if "many" in st.query_params:
    counts["camera"] = {f"Camera {number:03}": 500 - number for number in range(300)}
with st.sidebar:
    facets_panel(key="facets", counts=counts, where=state.where, roots=["/photos"], on_change=narrow)
left, right = st.columns(2, vertical_alignment="center")
left.markdown(f"**{len(found):,}** of {len(records()):,}")
with right:
    view_options(
        key="view",
        options=state.options,
        duplicate_threshold=0.93,
        no_match="nothing" in st.query_params,
        scored="unscored" not in st.query_params,
        narrowed=len(state.where.conditions),
        on_change=look,
    )
st.button("Run again")
st.button("Type label:cat", on_click=type_cats)
st.text(f"edits {state.edits}")
st.text(f"runs {state.runs}")
for condition in state.where.conditions:
    st.text(ascii(condition))
st.text(ascii(state.options))
