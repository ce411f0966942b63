"""Search results as pictures: looked at, followed, chosen, tagged and taken away."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.index.index import MAX_K
from core.ui.components.assets import component
from core.ui.components.shared.edits import answered, edit

_STYLES = (
    *(
        "shared/floating",
        "shared/notices/notices",
        "gallery/results/tile",
        "gallery/results/boxes",
        "gallery/selection",
        "gallery/results/head",
        "gallery/tags",
    ),
    *("gallery/stack", "gallery/details/stage", "gallery/details/details", "compare/compare"),
)
_gallery = component("gallery", *_STYLES)


def gallery(
    answer: Mapping[str, Any],
    *,
    key: str,
    routes: Mapping[str, str],
    on_act: Callable[[str, list[str]], None],
    search: Mapping[str, Any] | None = None,
    k: int = MAX_K,
    learning: bool = False,
    on_k: Callable[[int], None] | None = None,
    on_narrow: Callable[[str], None] | None = None,
    on_map: Callable[[], None] | None = None,
    on_changed: Callable[[], None] | None = None,
) -> None:
    """Show the pictures of an answer, best first, and the pages that follow it as they are scrolled to.

    Args:
        answer: The first page, as the search route answers. Only `results` is needed where there is no search.
        key: Where Streamlit keeps this gallery's events.
        routes: Addresses by name: `thumbnails` and `images`, to which `/<content_hash>` is added; `boxes`, to which
            `/<id>` is; `search`, `exports`, `tags`, `pictures`, `explain` and `heatmap`, which take a POST; `pair`;
            `map`, of its page. Of what has no route nothing is offered.
        on_act: Called before the next run with what is to be done, one of `similar`, `add`, `exclude`, `more` and
            `less`, and the content hashes of the pictures to do it with.
        search: What was searched for, as the search route takes it, without `k`, `offset` and `limit`; another search
            begins at the top again. None: the pictures are only shown, and `similar` is the one thing to do.
        k: How many of the results are shown. More may be in the answer: they show as soon as they are wanted.
        learning: Whether it is about to be known how well the results match.
        on_k: Called with another number of results, 1 to `MAX_K`, when the visitor has come to one.
        on_narrow: Called with the condition that was chosen on a picture, as it would be typed: `label:cat`.
        on_map: Called when the results are wanted on the map.
        on_changed: Called when the gallery has changed something that is kept, such as tags.
    """

    def fired(event: str) -> Any:
        # Of a trigger that did not fire in this run the value is None.
        return st.session_state[key].get(event)

    def acted() -> None:
        if act := fired("act"):
            on_act(str(act["action"]), [str(content_hash) for content_hash in act["hashes"]])

    def counted() -> None:
        k = edit(key, "k")
        if on_k and isinstance(k, int) and 1 <= k <= MAX_K:
            on_k(k)

    def narrowed() -> None:
        if on_narrow and (text := fired("narrow")):
            on_narrow(str(text))

    def mapped() -> None:
        if on_map and fired("map"):
            on_map()

    def changed() -> None:
        if on_changed and fired("changed"):
            on_changed()

    data = {
        "answer": _shown(answer),
        "search": dict(search) if search is not None else None,
        "routes": dict(routes),
        "k": k,
        "learning": learning,
        "answered": answered(key),
    }
    _gallery(
        key=key,
        data=_steady(f"{key}-data", data),
        on_act_change=acted,
        on_narrow_change=narrowed,
        on_k_change=counted,
        on_map_change=mapped,
        on_changed_change=changed,
    )


def _shown(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer without what only others show: of the facets, the tags are for completing."""
    tags: Sequence[str] = list(answer.get("facets", {}).get("tag", {}))
    return {name: value for name, value in answer.items() if name != "facets"} | {"tags": tags}


def _steady(key: str, data: dict[str, Any]) -> dict[str, Any]:
    """The data, or what was shown last where nothing but the time it took is new.

    Then the message is unchanged, and the browser does nothing.
    """
    last = st.session_state.get(key)
    if last is None or _timeless(last) != _timeless(data):
        st.session_state[key] = data
    kept: dict[str, Any] = st.session_state[key]
    return kept


def _timeless(data: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "answer": {**data["answer"], "milliseconds": None}}
