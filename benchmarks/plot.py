"""Draws what an index costs against its size: an SVG with a panel for each cost."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from benchmarks.growth import Grown

NAMES = {"lancedb": "LanceDB", "elasticsearch": "Elasticsearch"}
_COLOURS = {"lancedb": "#0e7490", "elasticsearch": "#c2410c"}
_GREY = "#6b7280"

type Cost = Callable[["Grown"], float]

PANELS: dict[str, Cost] = {
    "a search, p50 ms": lambda one: one.searches["none"].p50,
    "added a second": lambda one: one.rate,
    "disk MB": lambda one: one.disk / 1e6,
    "memory MB": lambda one: one.memory / 1e6,
    "rebuild s": lambda one: one.rebuild,
    "recall@10, the worse kind": lambda one: min(one.searches["none"].recall.values()),
}


def plot(grown: "Sequence[Grown]", file: Path) -> None:
    """Both axes logarithmic: a cost that grows with the records is a line upwards at 45 degrees."""
    # Texts stay texts, and the same figures make the same file.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "growth", "font.size": 9}):
        figure = Figure(figsize=(9, 5), layout="constrained", facecolor="white")
        for axes, (title, cost) in zip(figure.subplots(2, 3).flat, PANELS.items(), strict=True):
            _draw(axes, grown, title, cost)
        figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
        figure.savefig(file, format="svg", metadata={"Date": None})


def _draw(axes: "Axes", grown: "Sequence[Grown]", title: str, cost: Cost) -> None:
    for engine, colour in _COLOURS.items():
        points = [(one.count, cost(one)) for one in grown if one.engine == engine and cost(one)]  # 0 has no logarithm
        if points:
            axes.plot(*zip(*points, strict=True), marker="o", color=colour, label=NAMES[engine])
    if title.startswith("a search"):
        exact = sorted({(one.count, one.searches["none"].numpy) for one in grown if one.engine == grown[0].engine})
        axes.plot(*zip(*exact, strict=True), marker=".", linestyle="--", color=_GREY, label="NumPy, all rows in memory")
    axes.set(title=title, xscale="log", xlabel="records")
    if title.startswith("recall"):
        axes.set_ylim(0.97, 1.001)
    else:
        axes.set_yscale("log")
    axes.grid(color="#e5e7eb")
    axes.spines[["top", "right"]].set_visible(False)
