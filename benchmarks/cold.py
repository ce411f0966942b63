"""How soon the page is there after `streamlit run`, in a real Chromium that is open already.

Nothing is in memory, the model's files are on the disk, and somebody loads a link to a search until the server answers.

search box  of the link's page
words       the first results of that link
picture     the first results for a picture that is dropped on the page as soon as it can be, one that is not indexed

alone       a text box of a Streamlit script that has nothing else: what no page can be faster than

With --against REVISION, or --checkout FOLDER of another version, that one is started in turn with this, on an index of
its own: the commit before the issue that this promise is of is 73329ab.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image, ImageOps

from benchmarks import browser
from benchmarks.data import photographs
from benchmarks.models import full_size, stand_in
from benchmarks.table import Target, median, say, show

SHARE = 0.3
_WORD = "zebra"
_WAIT_MS = 120_000
_NOTHING_THERE_SECONDS = 0.02  # until it is asked again
_UNCOMPILED = "PYTHONDONTWRITEBYTECODE"  # with it each start compiles anew what is imported
_WHAT = ("search box", "words", "picture")
_ALONE = 'import streamlit as st\nst.text_input("Words")\n'

type Taken = dict[str, float]
"""Seconds from the start of the process, by what was waited for."""


def main() -> None:
    options = _options()
    if reason := browser.missing():
        say(f"Cold starts are left out: {reason}")
        return
    with TemporaryDirectory(prefix="benchmark-") as name, _checkouts(Path(name), options) as checkouts:
        folder = Path(name)
        pictures = _copied(photographs(folder / "originals", options.images), folder / "pictures")
        dropped = _other(pictures[0], folder / "dropped.jpg")
        weights = stand_in(folder / "models") or full_size()
        environments = {which: _environment(weights, folder / f"data-{which}") for which in checkouts}
        for which, checkout in checkouts.items():
            _run([sys.executable, "-m", "core", "ingest", str(folder / "pictures")], checkout, environments[which])
        taken: dict[str, list[Taken]] = {which: [] for which in checkouts}
        alone: list[float] = []
        with browser.chromium() as chromium:
            for number in range(-1, options.starts):  # before the first, one that compiles
                for which in list(checkouts) if number % 2 == 0 else list(checkouts)[::-1]:
                    one = _starts(chromium, checkouts[which], environments[which], dropped)
                    if number >= 0:
                        taken[which].append(one)
                        say(f"Start {number + 1}, {which}: {', '.join(f'{what} {one[what]:.2f} s' for what in _WHAT)}")
                alone.append(_streamlit_alone(chromium, folder / "alone", environments["now"]))
        _report(taken, alone[1:], len(pictures))


def _starts(chromium: Any, checkout: Path, environment: Mapping[str, str], dropped: Path) -> Taken:
    """Two of them: one with the link, one with the picture."""
    with _started(checkout, environment) as (url, started), _page(chromium) as page:
        _open(page, f"{url}/?q={_WORD}")
        page.locator("input.words").wait_for(state="visible", timeout=_WAIT_MS)
        box = time.perf_counter() - started
        page.locator(".tile").first.wait_for(state="visible", timeout=_WAIT_MS)
        words = time.perf_counter() - started
    with _started(checkout, environment) as (url, started), _page(chromium) as page:
        _open(page, f"{url}/?sort=name")  # tiles that are there before
        page.get_by_label("Choose a picture").set_input_files(dropped, timeout=_WAIT_MS)
        page.get_by_role("list", name="Query", exact=True).get_by_role("listitem").wait_for(timeout=_WAIT_MS)
        page.locator(".tile .score", has_text=".").first.wait_for(state="attached", timeout=_WAIT_MS)
        picture = time.perf_counter() - started
    return {"search box": box, "words": words, "picture": picture}


def _streamlit_alone(chromium: Any, folder: Path, environment: Mapping[str, str]) -> float:
    """Seconds to the text box."""
    folder.mkdir(exist_ok=True)
    (folder / "streamlit_app.py").write_text(_ALONE)
    shutil.copytree(browser.PROJECT / ".streamlit", folder / ".streamlit", dirs_exist_ok=True)
    with _started(folder, environment) as (url, started), _page(chromium) as page:
        _open(page, url)
        page.get_by_label("Words").wait_for(state="visible", timeout=_WAIT_MS)
        return time.perf_counter() - started


def _open(page: Any, url: str) -> None:
    """As soon as there is a server."""
    from playwright.sync_api import Error

    deadline = time.monotonic() + _WAIT_MS / 1000
    while True:
        try:
            page.goto(url, wait_until="commit", timeout=_WAIT_MS)
        except Error:
            if time.monotonic() > deadline:
                raise
            time.sleep(_NOTHING_THERE_SECONDS)
        else:
            return


@contextmanager
def _page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    try:
        yield context.new_page()
    finally:
        context.close()


@contextmanager
def _started(checkout: Path, environment: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """A server that was just started, its address, and when that was."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=checkout, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield f"http://localhost:{port}", started
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _checkouts(folder: Path, options: argparse.Namespace) -> Iterator[dict[str, Path]]:
    if options.checkout or not options.against:
        yield {"now": browser.PROJECT, **({"before": options.checkout.resolve()} if options.checkout else {})}
        return
    before, git = folder / "before", ["git", "-C", str(browser.PROJECT), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--detach", str(before), options.against], check=True)
    try:
        yield {"now": browser.PROJECT, "before": before}
    finally:
        subprocess.run([*git, "remove", "--force", str(before)], check=True)


def _environment(weights: Path, data: Path) -> dict[str, str]:
    own = {"IMAGE_SEARCH_DATA_DIR": str(data), "MODEL_CACHE_DIR": str(weights), "OFFLINE_MODE": "True"}
    left_out = {name for name in os.environ if name.startswith("ELASTICSEARCH_")} | {_UNCOMPILED}
    return {name: value for name, value in os.environ.items() if name not in left_out} | own


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)


def _copied(pictures: Sequence[Path], folder: Path) -> list[Path]:
    folder.mkdir()
    return [Path(shutil.copy(picture, folder / f"{number}{picture.suffix}")) for number, picture in enumerate(pictures)]


def _other(picture: Path, file: Path) -> Path:
    """A picture of which neither bytes nor content are in the index."""
    with Image.open(picture) as image:
        ImageOps.flip(image.convert("RGB")).save(file)
    return file


def _report(taken: Mapping[str, Sequence[Taken]], alone: Sequence[float], count: int) -> None:
    rows: list[list[object]] = [
        ["a text box", "Streamlit alone", median(alone), f"{min(alone):.2f}–{max(alone):.2f}", "–"]
    ]
    targets = []
    for what in _WHAT:
        for which, starts in taken.items():
            times = [one[what] for one in starts]
            ratio = _ratio(taken, what) if which == "now" and "before" in taken else "–"
            rows.append([what, which, median(times), f"{min(times):.2f}–{max(times):.2f}", ratio])
        if "before" in taken:
            targets.append(Target(f"{what}, now / before", _ratio(taken, what), SHARE, at_most=True))
    columns = ["from `streamlit run` to", "version", "s (median)", "s (from–to)", "× before"]
    show(f"Cold start, {count} pictures, {len(taken['now'])} starts", columns, rows, targets)


def _ratio(taken: Mapping[str, Sequence[Taken]], what: str) -> float:
    """The median of the ratios, start by start."""
    return median([now[what] / then[what] for now, then in zip(taken["now"], taken["before"], strict=True)])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.cold", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--starts", type=int, default=3, help="of each version, of which each is two (3)")
    parser.add_argument("--images", type=int, default=120, help="pictures in the index (120)")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--against", metavar="REVISION", help="another version to start in turn with this one")
    other.add_argument("--checkout", metavar="FOLDER", type=Path, help="likewise, where it lies already")
    return parser.parse_args()


if __name__ == "__main__":
    main()
