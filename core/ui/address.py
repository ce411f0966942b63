"""The query lives in the URL and nowhere else, so that links, reload and Back agree by design.

`q` holds the words, `image` the content hash of a picture (repeated for several). Both are written together: each
search is one Back step. The number of results is bound to its widget, which replaces the step instead.
"""

import streamlit as st

from core.images.describe import is_content_hash
from core.search.query import Query, clean

_MOST_PICTURES = 8


def read_query() -> Query:
    """What the URL asks for; anything in it that cannot be a picture's hash is left out."""
    images = (digest for digest in st.query_params.get_all("image") if is_content_hash(digest))
    return Query(clean(st.query_params.get("q", "")), tuple(dict.fromkeys(images))[:_MOST_PICTURES])


def write_query(query: Query) -> None:
    """Make it the page's query; an empty part leaves the URL."""
    st.query_params.update({"q": clean(query.text) or [], "image": list(query.images[:_MOST_PICTURES])})


def search_similar(content_hash: str) -> None:
    """Replace the query by a picture of the corpus."""
    write_query(Query(images=(content_hash,)))


def add_picture(content_hash: str) -> None:
    """Search with this picture too; of too many, the oldest goes."""
    query = read_query()
    images = [digest for digest in query.images if digest != content_hash]
    write_query(Query(query.text, (*images[1 - _MOST_PICTURES :], content_hash)))
