"""How soon the map is there, and how smoothly it moves, in a real Chromium.

First view  from navigation to the map of 100,000 pictures with every point drawn, on a server whose model is loaded and
            whose page was opened before, with nothing cached by the browser.
Frames      how far apart the frames are that reach the screen while the map is dragged, and while the wheel zooms into
            it and out again: the events `Display::FrameDisplayed` of a trace of Chromium. Beside them what a frame
            costs the page's own thread (`FireAnimationFrame` in the same trace): no graphics processor makes that less.

The places of the points are made up, as clusters are spread: how they are found is measured elsewhere
(`benchmarks.map_layout`). Without a graphics processor Chromium draws by SwiftShader, on the machine's processors: what
it says of itself is printed. The pictures of a million points are not all in the index, which holds 100,000.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import browser
from benchmarks.data import has_embeddings, records
from benchmarks.page import fill, served_with
from benchmarks.table import Target, median, percentile, say, show
from core.analysis.kept import KeptAnalyses
from core.analysis.map import keeping
from core.analysis.map.model import Cluster, Map, Quality
from core.config import Settings
from core.index.factory import open_index

FIRST_VIEW_SECONDS, FRAME_MS = 2.0, 1000 / 60
USABLE_MS = 100.0  # a tenth of a second is what seems to answer at once
CLUSTERS = 40
STARTS = 3
_MOVES = 240
_READY = """() => {
    const find = root => [...root.querySelectorAll("*")].flatMap(({ shadowRoot }) =>
        shadowRoot ? [...shadowRoot.querySelectorAll(".map[data-drawn]"), ...find(shadowRoot)] : [])
    return find(document)[0]?.dataset.drawn ?? null
}"""
_SHOWN = "Display::FrameDisplayed"
_CATEGORIES = ("devtools.timeline", "disabled-by-default-devtools.timeline", "devtools.timeline.frame", "benchmark")


def main() -> None:
    options = _options()
    reason = browser.missing() or ("" if has_embeddings() else "IMAGE_SEARCH_TEST_DATA has no embeddings")
    if reason:
        say(f"Map page is left out: {reason}")
        return
    with TemporaryDirectory(prefix="benchmark-") as name, browser.chromium() as chromium:
        folder = Path(name)
        fill(folder, options.rows)
        environment = served_with(folder, options.model_dir)
        say(f"Chromium draws by {_drawn_by(chromium)}")
        rows, views = [], list[float]()
        for count in options.points:
            _keep_map(folder, count)
            with browser.serve(environment, folder / "log") as server:
                server.wait_for_model()
                _first_view(chromium, server.url)  # the first visitor's imports are measured by benchmarks.cold
                seen = [_first_view(chromium, server.url) for _ in range(options.starts)]
                frames = _frames(chromium, server.url, folder)
            views = views or seen
            rows += [(f"{count:,}", what, *_figures(*taken)) for what, taken in frames.items()]
            say(f"{count:,} points: first view {median(seen):.2f} s")
        _report(views, rows)


def _report(views: Sequence[float], rows: Sequence[tuple[Any, ...]]) -> None:
    targets = [Target("first view", median(views), FIRST_VIEW_SECONDS, at_most=True, unit=" s")]
    for row in rows:
        bound = FRAME_MS * 1.1 if row[0] == "100,000" else USABLE_MS
        targets.append(Target(f"median frame, {row[1]}, {row[0]}", row[2], bound, at_most=True, unit=" ms"))
    show(
        "Frames of the map",
        ("points", "while", "median ms", "95 % ms", "of the page's thread: median ms", "95 % ms"),
        rows,
        targets,
    )


def _figures(gaps: Sequence[float], scripts: Sequence[float]) -> tuple[float, float, float, float]:
    return median(gaps), percentile(gaps, 95), median(scripts), percentile(scripts, 95)


def _keep_map(folder: Path, count: int) -> None:
    """A map with so many points, as if it had been laid out; those of which there are records are theirs."""
    settings = Settings.load(data_dir=folder)
    kept = KeptAnalyses(folder / "analysis", open_index(settings)).of("map")
    random = np.random.default_rng(3)
    library = records(min(count, 100_000))
    ids = np.sort(_ids([record.id for record in library], count, random))
    cluster = random.integers(0, CLUSTERS + 1, count).astype(np.int32)
    middles = np.vstack([[0, 0], random.uniform(-0.85, 0.85, (CLUSTERS, 2))])
    width = np.concatenate([[0.45], random.uniform(0.02, 0.09, CLUSTERS)])
    places = np.clip(middles[cluster] + random.normal(0, 1, (count, 2)) * width[cluster][:, None], -1, 1)
    keeping.save(
        kept,
        Map(
            version=f"benchmark-{count}",
            layout="benchmark",
            made_at=time.time(),
            ids=ids.view(np.uint8).reshape(count, 16),
            row=np.arange(count, dtype=np.int32),
            contents=random.integers(0, 256, (count, 32), np.uint8),
            places=places,
            points=places.astype(np.float32),
            levels=cluster[None],
            clusters=tuple(_cluster(number, places[cluster == number]) for number in range(1, CLUSTERS + 1)),
            quality=Quality(None, None, 0),
        ),
    )


def _ids(known: Sequence[str], count: int, random: np.random.Generator) -> NDArray[np.void]:
    """So many ids, each of 16 bytes, these among them."""
    others = random.integers(0, 256, (count - len(known), 16), np.uint8)
    own = np.frombuffer(bytes.fromhex("".join(known)), np.uint8).reshape(-1, 16)
    return np.ascontiguousarray(np.vstack([own, others])).view("V16").ravel()


def _cluster(number: int, places: NDArray[np.float64]) -> Cluster:
    middle, name = places.mean(axis=0), f"cluster {number}"
    left, low, right, high = (float(side) for side in (*places.min(axis=0), *places.max(axis=0)))
    return Cluster(
        number=number,
        name=name,
        named_by="number",
        own_name=name,
        own_by="number",
        concepts=(),
        size=len(places),
        level=0,
        parent=0,
        x=float(middle[0]),
        y=float(middle[1]),
        radius=float(np.median(np.linalg.norm(places - middle, axis=1))),
        bounds=(left, low, right, high),
        covers=(),
    )


def _drawn_by(chromium: Any) -> str:
    page = chromium.new_page()
    found = page.evaluate("""() => {
        const gl = document.createElement("canvas").getContext("webgl2")
        const told = gl?.getExtension("WEBGL_debug_renderer_info")
        return gl ? gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER) : "nothing: no WebGL"
    }""")
    page.close()
    return str(found)


def _open(chromium: Any, url: str) -> Any:
    page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(f"{url}/map", wait_until="commit", timeout=60_000)
    page.wait_for_function(_READY, timeout=120_000, polling="raf")
    return page


def _first_view(chromium: Any, url: str) -> float:
    """Seconds until every point is drawn."""
    page = _open(chromium, url)
    drawn = float(page.evaluate(_READY))
    page.context.close()
    return drawn / 1000


def _frames(chromium: Any, url: str, folder: Path) -> dict[str, tuple[list[float], list[float]]]:
    """Milliseconds between frames, and of the page's thread in each, while the map is dragged and zoomed."""
    page = _open(chromium, url)
    box = page.locator(".surface").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(2000)  # what is drawn over several frames is, and the page is at rest

    def drag() -> None:
        page.mouse.move(*middle)
        page.mouse.down()
        for at in range(_MOVES):
            page.mouse.move(middle[0] + 240 * np.sin(at / 12), middle[1] + 160 * np.sin(at / 17))
        page.mouse.up()

    def zoom() -> None:
        page.mouse.move(*middle)
        for at in range(_MOVES):
            page.mouse.wheel(0, -40 if at % 120 < 60 else 40)

    taken = {what: _traced(chromium, page, folder, act) for what, act in (("dragged", drag), ("zoomed", zoom))}
    page.context.close()
    return taken


def _traced(chromium: Any, page: Any, folder: Path, act: Callable[[], None]) -> tuple[list[float], list[float]]:
    path = folder / "trace.json"
    chromium.start_tracing(page=page, path=str(path), categories=list(_CATEGORIES))
    act()
    page.wait_for_timeout(100)
    chromium.stop_tracing()
    events = json.loads(path.read_text())["traceEvents"]
    drawn = sorted(event["ts"] / 1000 for event in events if event["name"] == _SHOWN)
    gaps = [later - earlier for earlier, later in pairwise(drawn)]
    scripts = [event["dur"] / 1000 for event in events if event["name"] == "FireAnimationFrame" and "dur" in event]
    return gaps, scripts


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.map_page", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000, help="records in the index (default: %(default)s)")
    parser.add_argument(
        "--points",
        type=int,
        nargs="*",
        default=[100_000, 1_000_000],
        help="of maps, each measured (default: 100,000 and 1,000,000)",
    )
    parser.add_argument("--starts", type=int, default=STARTS, help="first views of each (default: %(default)s)")
    parser.add_argument("--model-dir", type=Path, help="a folder in which to keep a model of full size")
    return parser.parse_args()


if __name__ == "__main__":
    main()
