"""The search lives in the URL and nowhere else, so that links, reload and Back agree by design.

Its parameters are those of `core.search.language.url`. All are written together: each change is one Back step.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qs

import streamlit as st

from core.search.language.parser import parse
from core.search.language.url import KNOWN_PARAMETERS, from_params, to_params
from core.search.query import EXCLUDED, MAX_PARTS, Picture, Query, Search
from core.ui.collections.chosen import named


def read_search() -> Search:
    """What the URL asks for; anything in it that means nothing is left out."""
    return from_params({name: st.query_params.get_all(name) for name in st.query_params})


def write_search(search: Search) -> None:
    """Make it the page's search; what is as it would be anyway leaves the URL."""
    _write(to_params(search))


def write_unread(text: str) -> None:
    """Keep what was typed and cannot be read, so that it can be mended; the page says what is wrong with it."""
    _write({**to_params(read_search()), "q": [text]})


def typed() -> str:
    """The words and the filter as the URL has them."""
    return st.query_params.get("q", "")


def check_typed() -> None:
    """
    Raises:
        InvalidQuery: what is typed cannot be read.
    """
    parse(typed())


def open_address(address: str) -> None:
    """Make a search that was kept the page's search.

    Args:
        address: The query part of a URL of this page.
    """
    write_search(from_params(parse_qs(address.removeprefix("?"))))


def change_query(change: Callable[[Query], Query]) -> None:
    search = read_search()
    write_search(replace(search, query=change(search.query)))


def act(action: str, hashes: Sequence[str]) -> None:
    """Do with pictures of the results what was chosen there: the query is what changes."""
    match action:
        case "similar":
            pictures = tuple(Picture(digest) for digest in hashes[:MAX_PARTS])
            search = read_search()
            write_search(replace(search, query=Query(pictures=pictures)))
        case "add":
            change_query(lambda query: _with_pictures(query, hashes, 1.0))
        case "exclude":
            change_query(lambda query: _with_pictures(query, hashes, EXCLUDED))
        case "more":
            change_query(lambda query: _with_examples(query, more=hashes))
        case "less":
            change_query(lambda query: _with_examples(query, less=hashes))


def _with_pictures(query: Query, hashes: Sequence[str], weight: float) -> Query:
    others = [picture for picture in query.pictures if picture.content_hash not in hashes]
    return replace(query, pictures=(*others, *(Picture(digest, weight) for digest in hashes)))


def _with_examples(query: Query, more: Sequence[str] = (), less: Sequence[str] = ()) -> Query:
    """Each picture is an example of one kind only: the one named last."""
    return replace(
        query,
        more=(*(digest for digest in query.more if digest not in {*more, *less}), *more),
        less=(*(digest for digest in query.less if digest not in {*more, *less}), *less),
    )


def _write(params: Mapping[str, list[str]]) -> None:
    # An empty list takes a parameter out of the URL. Links between pages that Streamlit makes name no collection.
    st.query_params.update({**params, **named(), **{name: [] for name in KNOWN_PARAMETERS - params.keys()}})
