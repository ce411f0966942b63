"""How soon the page is there, and how soon a search is answered on it, in a real Chromium.

First view  from navigation to the first contentful paint and to the search box, with nothing cached, on a server that
            answered its first request a moment before: the model is still loading, with all of Python's lock to itself.
Search      from Enter to other tiles on the page, and until every thumbnail in view is painted, with the model loaded.
            Each word is asked for once; no thumbnail was seen by this browser before.
Server      the same through `/api/search`, without a browser.
Rerun       a run of the page in which nothing changes, with 200 tiles on it.

With --against REVISION the first views, searches and reruns of that version of the app are measured in turn with this
one's, on the same index: the first version of the page is e29c2da.

The index is the embedded one, with embeddings of pictures; each record has a thumbnail of its own.
"""

import argparse
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from PIL import Image

from benchmarks import browser
from benchmarks.data import STAMP, WORDS, embeddings, has_embeddings, photographs, records
from benchmarks.models import full_size, stand_in
from benchmarks.table import Target, percentile, say, show
from core.config import Settings
from core.images.thumbnails import Thumbnails, miniature
from core.index.lance.engine import LanceIndex
from core.index.records import ImageRecord

FIRST_VIEW_SECONDS, SEARCH_MS, RERUN_MS = 3.0, 400.0, 50.0
RERUNS = 15
K = 24
_TURNS = 4


def main() -> None:
    options = _options()
    reason = browser.missing() or ("" if has_embeddings() else "IMAGE_SEARCH_TEST_DATA has no embeddings")
    if reason:
        say(f"Page is left out: {reason}")
        return
    with TemporaryDirectory(prefix="benchmark-") as name, browser.chromium() as chromium:
        folder = Path(name)
        fill(folder, options.rows)
        environment, log = served_with(folder, options.model_dir), folder / "log"
        views = []
        for _ in range(options.starts):
            with browser.serve(environment, log) as server:
                views.append(browser.first_view(chromium, server.url))
                say(f"First view: paint {views[-1][0]:.2f} s, search box {views[-1][1]:.2f} s")
        _report_views(views)
        words = WORDS[: options.words]
        with browser.serve(environment, log) as server:
            server.wait_for_model()
            searches = _search(chromium, server.url, words)
            _report_searches(searches, _ask(server.url, words), options.rows)
            _report_reruns(*_rerun(chromium, server.url))
        if options.against:
            _compare(chromium, environment, folder, options, words)


def fill(folder: Path, count: int) -> None:
    """An index with this many rows, and a thumbnail for each: copies of a hundred, without taking their space."""
    started = time.perf_counter()
    library = records(count)
    settings = Settings.load(data_dir=folder)
    index = LanceIndex(folder / "index", settings.index_name)
    index.prepare(STAMP)
    index.upsert(library, embeddings(count))
    _link_thumbnails(Thumbnails(folder / "thumbnails"), library, photographs(folder / "pictures", 100))
    say(f"{count:,} records with thumbnails in {time.perf_counter() - started:.0f} s")


def _link_thumbnails(thumbnails: Thumbnails, library: Sequence[ImageRecord], pictures: Sequence[Path]) -> None:
    made = []
    for record, picture in zip(library, pictures, strict=False):
        with Image.open(BytesIO(picture.read_bytes())) as image:
            made.append(thumbnails.keep(record.content_hash, miniature(image.convert("RGB"))))
    for at, record in enumerate(library[len(made) :]):
        link = made[0].parents[1] / record.content_hash[:2] / f"{record.content_hash}.jpg"
        link.parent.mkdir(exist_ok=True)
        link.hardlink_to(made[at % len(made)])


def served_with(folder: Path, model_dir: Path | None) -> dict[str, str]:
    weights = stand_in(folder / "models")
    if weights is None:
        say("The model has random weights: IMAGE_SEARCH_TEST_DATA has none")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ELASTICSEARCH_")}
    return environment | {
        "IMAGE_SEARCH_DATA_DIR": str(folder),
        "MODEL_CACHE_DIR": str(weights or full_size(model_dir)),
        "OFFLINE_MODE": "True",
    }


def _search(chromium: Any, url: str, words: Sequence[str]) -> list[tuple[float, float]]:
    """The first search is not counted: it makes the page's layout."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(url)
    page.locator("input.words").wait_for(state="visible", timeout=60_000)
    taken = [browser.search(page, word) for word in ("anything at all", *words)][1:]
    context.close()
    answered = [times for times in taken if times is not None]
    if len(answered) < len(taken):
        say(f"{len(taken) - len(answered)} searches did not change the page within 10 s")
    return answered


def _rerun(chromium: Any, url: str) -> tuple[list[tuple[float, float]], int]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    try:
        return browser.rerun(context.new_page(), url, WORDS[0], RERUNS)
    finally:
        context.close()


def _compare(
    chromium: Any, environment: Mapping[str, str], folder: Path, options: argparse.Namespace, words: Sequence[str]
) -> None:
    """This version and an earlier one: started in turn, then both served all the while, half of the words with each in
    turn."""
    earlier, revision = folder / "earlier", options.against
    # Each has jobs of its own: of a database that the later one has changed the earlier one wants nothing.
    own = {name: {**environment, "IMAGE_SEARCH_JOURNAL": str(folder / f"{name}.db")} for name in ("earlier", "now")}
    git = ["git", "-C", str(browser.PROJECT), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--detach", str(earlier), revision], check=True)
    try:
        views = {name: list[tuple[float, float]]() for name in ("earlier", "now")}
        for _ in range(options.starts):
            for name, project in (("earlier", earlier), ("now", browser.PROJECT)):
                with browser.serve(own[name], folder / f"log of {name}", project) as server:
                    views[name].append(browser.first_view(chromium, server.url))
        with (
            browser.serve(own["now"], folder / "log") as now,
            browser.serve(own["earlier"], folder / "log of the earlier", earlier) as then,
        ):
            servers = {"earlier": then, "now": now}
            for server in servers.values():
                server.wait_for_model()
            taken = {name: list[tuple[float, float]]() for name in servers}
            for turn in range(_TURNS):
                for name, server in servers.items():
                    taken[name] += _search(chromium, server.url, words[turn::_TURNS])
            reruns = {name: _rerun(chromium, server.url)[0] for name, server in servers.items()}
            _report_comparison(revision, views, taken, reruns)
    finally:
        subprocess.run([*git, "remove", "--force", str(earlier)], check=True)


def _report_comparison(
    revision: str,
    views: Mapping[str, Sequence[tuple[float, float]]],
    taken: Mapping[str, Sequence[tuple[float, float]]],
    reruns: Mapping[str, Sequence[tuple[float, float]]],
) -> None:
    figures = {
        name: [
            *(1000 * percentile([times[at] for times in views[name]], 50) for at in (0, 1)),
            *(percentile([times[at] for times in taken[name]], share) for at in (0, 1) for share in (50, 95)),
            *(percentile([times[at] for times in reruns[name]], 50) for at in (0, 1)),
        ]
        for name in taken
    }
    what = (
        "first paint, p50",
        "search box, p50",
        "Enter → tiles, p50",
        "p95",
        "Enter → thumbnails, p50",
        "p95",
        "run of 200 tiles, p50",
        "from its key, p50",
    )
    rows = [
        [name, then, now, now / then] for name, then, now in zip(what, figures["earlier"], figures["now"], strict=True)
    ]
    show(f"Against {revision}, ms", ["what", revision, "now", "ratio"], rows)


def _report_reruns(taken: Sequence[tuple[float, float]], thumbnails: int) -> None:
    runs, wholes = zip(*taken, strict=True)
    show(
        "A run in which nothing changes, 200 tiles",
        ["what", "p50 ms", "p95 ms", "runs"],
        [
            [what, percentile(times, 50), percentile(times, 95), len(times)]
            for what, times in (("run, as the page sees it", runs), ("from its key", wholes))
        ],
        [
            Target("run, p50", percentile(runs, 50), RERUN_MS, True, " ms"),
            Target("thumbnails asked for again", float(thumbnails), 0.0, True),
        ],
    )


def _ask(url: str, words: Sequence[str]) -> list[float]:
    """Milliseconds of each answer, in other words than the page's, which the model would still know."""
    taken = []
    with httpx.Client(timeout=60) as client:
        client.get(f"{url}/api/search", params={"q": "warm up"}).raise_for_status()
        for word in words:
            started = time.perf_counter()
            client.get(f"{url}/api/search", params={"q": f"one {word}", "k": K}).raise_for_status()
            taken.append((time.perf_counter() - started) * 1000)
    return taken


def _report_views(views: Sequence[tuple[float, float]]) -> None:
    painted, usable = zip(*views, strict=True)
    rows = [
        [what, percentile(times, 50), max(times), len(times)]
        for what, times in (("first contentful paint", painted), ("search box", usable))
    ]
    show(
        "First view, while the model is loading",
        ["what", "median s", "worst s", "starts"],
        rows,
        [Target("search box, worst of all starts", max(usable), FIRST_VIEW_SECONDS, True, " s")],
    )


def _report_searches(searches: Sequence[tuple[float, float]], server: Sequence[float], count: int) -> None:
    placed, painted = [times[0] for times in searches], [times[1] for times in searches]
    rows = [
        [what, percentile(times, 50), percentile(times, 95), len(times)]
        for what, times in (("Enter → tiles", placed), ("Enter → thumbnails", painted), ("/api/search", list(server)))
    ]
    show(
        f"A search on the page, {count:,} records, k = {K}",
        ["what", "p50 ms", "p95 ms", "searches"],
        rows,
        [
            Target("Enter → tiles, p95", percentile(placed, 95), SEARCH_MS, True, " ms"),
            Target("Enter → thumbnails, p95", percentile(painted, 95), SEARCH_MS, True, " ms"),
        ],
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.page", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000, help="records in the index (100000)")
    parser.add_argument("--starts", type=int, default=4, help="fresh starts of the server (4)")
    parser.add_argument(
        "--words", type=int, default=len(WORDS), help=f"searches, at most {len(WORDS)}, which is the default"
    )
    parser.add_argument("--against", metavar="REVISION", help="an earlier version to measure in turn with this one")
    parser.add_argument("--model-dir", type=Path, help="where a model without weights is kept (a temporary folder)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
