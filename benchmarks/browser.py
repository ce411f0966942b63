"""The app as a visitor meets it: a server of its own, and a Chromium that notes when something can be seen."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

PROJECT = Path(__file__).parents[1]
_START_SECONDS, _READY_SECONDS = 120.0, 300.0
_POLL_SECONDS = 0.05

_TILES = 200  # that a rerun must leave alone

_WATCH = """
() => {
  const lists = root => [...root.querySelectorAll("*")].flatMap(({ shadowRoot }) =>
    shadowRoot ? [...shadowRoot.querySelectorAll(".tiles"), ...lists(shadowRoot)] : [])
  let found = []
  const tiles = () => {
    if (!found.length || !found.every(list => list.isConnected)) found = lists(document)
    return found.flatMap(list => [...list.querySelectorAll(".tile")])
  }
  const ids = () => tiles().map(tile => tile.dataset.id).join()
  const seen = tile => tile.getBoundingClientRect().top < innerHeight
  const loaded = tile => { const image = tile.querySelector("img"); return image.complete && image.naturalWidth > 0 }
  const before = ids()
  let started = null, placed = null, whole = null
  addEventListener("keydown", event => { if (event.key === "Enter") started ??= performance.now() }, { capture: true })
  window.measured = new Promise(resolve => {
    const frame = () => {
      const now = performance.now()
      if (whole) return resolve([placed - started, now - started]) // this frame is the one after: it was painted
      if (started && !placed && ids() && ids() !== before) placed = now
      if (placed && tiles().filter(seen).every(loaded)) whole = now
      if (started && now - started > 10000) return resolve(null)
      requestAnimationFrame(frame)
    }
    frame()
  })
}
"""
"""Resolves to milliseconds from Enter until other tiles stand there, and until those in view show their pictures."""

_WATCH_RUN = """
() => {
  const app = document.querySelector("[data-testid=stApp]")
  let started = null
  addEventListener("keydown", () => (started = performance.now()), { capture: true, once: true })
  window.measuredRun = new Promise(resolve => {
    let running = null
    const watch = new MutationObserver(() => {
      const now = performance.now()
      if (app.dataset.testScriptState === "running") running ??= now
      else if (running) {
        watch.disconnect()
        resolve([now - running, now - started])
      }
    })
    watch.observe(app, { attributeFilter: ["data-test-script-state"] })
    setTimeout(() => resolve([NaN, NaN]), 5000)
  })
}
"""
"""Resolves to the milliseconds of the run that a key brings about, as the page sees its beginning and end, and to those
from the key to its end; to NaN without one in 5 s."""


@dataclass(frozen=True, slots=True)
class Server:
    """The app, running."""

    url: str

    def wait_for_model(self) -> None:
        """Until `/healthz` says that it is loaded.

        Raises:
            RuntimeError: loading failed, or takes for ever.
        """
        deadline = time.monotonic() + _READY_SECONDS
        while (state := httpx.get(f"{self.url}/healthz", timeout=30).json().get("model")) != "ready":
            if state == "failed" or time.monotonic() > deadline:
                raise RuntimeError(f"the model is not there: {state}")
            time.sleep(1)


@contextmanager
def serve(environment: Mapping[str, str], log: Path, project: Path = PROJECT) -> Iterator[Server]:
    """`streamlit run`, from the moment at which it answers.

    Args:
        project: Where the app is: another one is an earlier version.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=project, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            url = f"http://localhost:{port}"
            _wait_for(url, process, log)
            yield Server(url)
        finally:
            process.terminate()
            process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/_stcore/health", timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(_POLL_SECONDS)
    raise RuntimeError(f"The server did not start:\n{log.read_text()[-2000:]}")


def missing() -> str:
    """Why no browser can be driven; empty where one can."""
    if _chromium() is None:
        return "there is no Chromium on the PATH"
    try:
        import playwright.sync_api  # noqa: F401 - whether it is there
    except ImportError:
        return "playwright is not installed (requirements-dev.txt)"
    return ""


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless browser; each page is to be opened in a context of its own, with nothing cached."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def first_view(browser: Any, url: str) -> tuple[float, float]:
    """Seconds from asking for the page to its first contentful paint, and until the search box can be used."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    started = time.perf_counter()
    page.goto(url, wait_until="commit", timeout=60_000)
    page.locator("input.words").wait_for(state="visible", timeout=60_000)
    usable = time.perf_counter() - started
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN")
    context.close()
    return float(painted) / 1000, usable


def search(page: Any, words: str) -> tuple[float, float] | None:
    """Milliseconds from Enter to the new tiles, and to their pictures in view; None where nothing changed in 10 s."""
    box = page.locator("input.words")
    box.fill(words)
    page.evaluate(_WATCH)
    box.press("Enter")
    result = page.evaluate("() => window.measured")
    return (float(result[0]), float(result[1])) if result else None


def rerun(page: Any, url: str, words: str, times: int) -> tuple[list[tuple[float, float]], int]:
    """Milliseconds that runs of a page of 200 tiles take in which nothing changes, and these from the key that asks for
    one; and how many thumbnails were asked for meanwhile.

    The number of tiles is a parameter of the address in the first version of the page; since then they are scrolled to.
    """
    page.goto(f"{url}/?q={words}&k={_TILES}")
    tiles = page.locator(".tile")
    tiles.first.wait_for(timeout=60_000)
    while tiles.count() < _TILES:
        tiles.last.scroll_into_view_if_needed()
        page.wait_for_timeout(100)
    page.wait_for_load_state("networkidle")
    thumbnails: list[str] = []
    page.on("request", lambda request: thumbnails.append(request.url) if "/thumbnails/" in request.url else None)
    return [_rerun(page) for _ in range(times)], len(thumbnails)


def _rerun(page: Any) -> tuple[float, float]:
    """In the page, so that driving it from outside is not measured."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.evaluate(_WATCH_RUN)
    page.locator("input.words").press("Enter")  # the same words again
    run, whole = page.evaluate("() => window.measuredRun")
    return float(run), float(whole)


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
