"""The parts of the search page: the bar, the results, and what is there before the first search."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.search.query import Query
from core.search.results import Results
from core.ui import address
from core.ui.components.gallery import Tile, gallery
from core.ui.components.query import QueryPicture, query_bar
from core.ui.samples import offer_samples
from core.ui.server import route, services
from core.ui.tiles import tiles, unscored_tiles

DEFAULT_K, MOST_SHOWN = 24, 200

_HOW_SCORED = (
    "The number under a picture is its similarity to your search: the cosine of the angle between the two in the "
    "model's space. 1 is the same picture. Good matches for words score lower than good matches for a picture, so "
    "compare within one search only."
)


def search_bar(query: Query) -> None:
    """The query as it stands in the URL, to be changed."""
    query_bar(
        query.text,
        [QueryPicture(digest, _name(digest)) for digest in query.images],
        key="query",
        upload_url=route("queries"),
        thumbnails=route("thumbnails"),
        limit=services().queries.limit,
        placeholder="Describe what you are looking for",
        examples=services().examples() if query.empty else (),
        on_change=lambda text, images: address.write_query(Query(text, tuple(images))),
    )


def options() -> tuple[DeltaGenerator, int]:
    """The line above the pictures: a place for words on the left, and how many to show."""
    with st.container(horizontal=True, vertical_alignment="center", key="options"):
        words = st.container(width="stretch")
        k = st.slider(
            "Results",
            *(1, MOST_SHOWN, DEFAULT_K),
            key="k",
            bind="query-params",
            format="%d results",
            label_visibility="collapsed",
            width=280,
        )
    return words, int(k)


def results(query: Query, words: DeltaGenerator, k: int) -> None:
    """The nearest pictures, and how they were found."""
    found = services().search(query, k)
    if not found.searched:
        offer_samples()
        return
    words.markdown(_summary(found), help=_HOW_SCORED)
    if found.read_text is not None:
        st.warning(f"Your text is longer than the model can read. It searched for: “{found.read_text}”")
    _grid(tiles(found.hits), scored=True)


def welcome(words: DeltaGenerator, k: int) -> None:
    """Before the first search: pictures to look at, or where to get some."""
    records = services().some(k)
    if not records:
        offer_samples()
        return
    words.markdown(f"**{services().index.count():,}** pictures :gray[· type some words, or start from one of these]")
    _grid(unscored_tiles(records), scored=False)


def _grid(shown: list[Tile], scored: bool) -> None:
    gallery(
        shown,
        key="gallery",
        thumbnails=route("thumbnails"),
        images=route("images"),
        scored=scored,
        on_similar=address.search_similar,
        on_add=address.add_picture,
    )


def _summary(found: Results) -> str:
    times = found.timings
    return (
        f"**{len(found.hits):,}** nearest of {found.searched:,} pictures :gray[· {times.total * 1000:.0f} ms "
        f"({times.embedding * 1000:.0f} to read the query, {times.index * 1000:.0f} to find)]"
    )


def _name(content_hash: str) -> str:
    """What to call a picture of the query."""
    stored = services().queries.name(content_hash) or services().uploads.name(content_hash)
    record = None if stored else services().record(content_hash)
    return stored or (record.name if record else "A picture that is gone")
