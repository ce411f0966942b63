"""How results are shown: in what order, down to which match, what as one, how varied."""

from collections.abc import Callable
from dataclasses import asdict

from core.search.options import Collapse, MinMatch, Options, Sort, member
from core.ui.components.assets import component
from core.ui.components.shared.edits import answered, edit

_view = component("view", "shared/floating")


def view_options(
    *,
    key: str,
    options: Options,
    duplicate_threshold: float,
    no_match: bool,
    scored: bool = True,
    narrowed: int = 0,
    labelled: bool = False,
    on_change: Callable[[Options], None],
) -> None:
    """Show a button that says how the results are shown, and opens the means to change it; and while the sidebar is
    hidden, one that opens the filters there.

    Args:
        key: Where Streamlit keeps this control's events.
        options: Those in use.
        duplicate_threshold: The cosine from which pictures were taken as alike in this search.
        no_match: Whether nothing in the results really matches.
        scored: Whether anything is matched: without it there is no best match to sort by.
        narrowed: How many conditions the filter has.
        labelled: Whether there are pictures with labels, whose boxes can be drawn.
        on_change: Called with the new options before the next run; several times while a slider is dragged.
    """

    def report() -> None:
        if (sent := edit(key, "options")) is not None:
            on_change(options_of(sent, options))

    learned = round(float(duplicate_threshold), 4)
    data = {"options": asdict(options), "defaults": asdict(Options()), "duplicate_threshold": learned}
    _view(
        key=key,
        data={
            **data,
            **{"no_match": no_match, "scored": scored, "narrowed": narrowed, "labelled": labelled},
            "answered": answered(key),
        },
        on_options_change=report,
    )


def options_of(sent: object, before: Options) -> Options:
    """Options out of a browser; what is not as it should be stays as before."""
    if not isinstance(sent, dict):
        return before
    threshold, diversity = _share(sent.get("duplicate_threshold")), _share(sent.get("diversity"))
    automatic = sent.get("duplicate_threshold", 0) is None
    return Options(
        collapse=member(Collapse, sent.get("collapse"), before.collapse),
        duplicate_threshold=None if automatic else threshold or before.duplicate_threshold,
        diversity=before.diversity if diversity is None else diversity,
        min_match=member(MinMatch, sent.get("min_match"), before.min_match),
        sort=member(Sort, sent.get("sort"), before.sort),
    )


def _share(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        return None
    return round(float(value), 3)
