"""What a search can be narrowed to: the values that its results have, counted."""

from collections.abc import Callable, Sequence

from core.index.filters import Filter
from core.index.index import Counts
from core.ui.components.assets import component
from core.ui.components.shared.edits import answered, edit
from core.ui.facets_view import counted, filter_of, panel_of

_facets = component("facets")


def facets_panel(
    *,
    key: str,
    counts: Counts,
    estimated: bool = False,
    where: Filter,
    roots: Sequence[str] = (),
    on_change: Callable[[Filter], None],
) -> None:
    """Show what the results can be narrowed to, and what they are narrowed to already.

    Values keep their places while the filter is changed here, those that are in no result any more too; for any other
    search they are ordered anew.

    Args:
        key: Where Streamlit keeps this panel's events.
        counts: For each of `core.index.index.FACETS`, how many results have which value.
        estimated: Whether these are estimates.
        where: The filter in use. What there is no place for is shown as it is typed, and can be removed only.
        roots: Folders that the names of others are shown from, such as the sources; without them these begin at the
            folder that all results have in common.
        on_change: Called with the new filter before the next run.
    """

    def report() -> None:
        if (panel := edit(key, "where")) is not None:
            on_change(filter_of(panel, where))

    data = {
        "groups": counted(counts),
        "estimated": estimated,
        "where": panel_of(where),
        "roots": list(roots),
        "answered": answered(key),
    }
    _facets(key=key, data=data, on_where_change=report)
