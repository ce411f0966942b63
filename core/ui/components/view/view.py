"""How results are shown: in what order, down to which match, what as one, how varied."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from core.search.options import Collapse, Cut, Options, Sort
from core.ui.components.assets import component
from core.ui.components.shared.edits import answered, edit

_view = component("view", "shared/floating")


def view_options(
    *,
    key: str,
    options: Options,
    alike: float,
    nothing: bool,
    scored: bool = True,
    narrowed: int = 0,
    on_change: Callable[[Options], None],
) -> None:
    """Show a button that says how the results are shown, and opens the means to change it; and while the sidebar is
    hidden, one that opens the filters there.

    Args:
        key: Where Streamlit keeps this control's events.
        options: Those in use.
        alike: The cosine from which pictures were taken as alike in this search.
        nothing: Whether nothing in the results really matches.
        scored: Whether anything is matched: without it there is no best match to sort by.
        narrowed: How many conditions the filter has.
        on_change: Called with the new options before the next run; several times while a slider is dragged.
    """

    def report() -> None:
        if (sent := edit(key, "options")) is not None:
            on_change(options_of(sent, options))

    data = {"options": asdict(options), "defaults": asdict(Options()), "alike": round(float(alike), 4)}
    _view(
        key=key,
        data={**data, "nothing": nothing, "scored": scored, "narrowed": narrowed, "answered": answered(key)},
        on_options_change=report,
    )


def options_of(sent: object, before: Options) -> Options:
    """Options out of a browser; what is not as it should be stays as before."""
    if not isinstance(sent, dict):
        return before
    alike, diversity = _share(sent.get("alike")), _share(sent.get("diversity"))
    return Options(
        collapse=_member(Collapse, sent, before.collapse),
        alike=None if sent.get("alike", 0) is None else alike or before.alike,
        diversity=before.diversity if diversity is None else diversity,
        cut=_member(Cut, sent, before.cut),
        sort=_member(Sort, sent, before.sort),
    )


def _member[Choice: (Collapse, Cut, Sort)](kind: type[Choice], sent: dict[str, Any], before: Choice) -> Choice:
    value = sent.get(kind.__name__.lower())
    return kind(value) if value in list(kind) else before


def _share(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        return None
    return round(float(value), 3)
