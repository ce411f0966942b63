"""A real server and a real Chromium."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.ask.stand_in import MODEL, StandIn, by_question, standing_in
from tests.browser.bare import served
from tests.nodes import answers, free_port, wait_until

ROOT = Path(__file__).parents[2]

expect.set_options(timeout=60_000)  # the machine of a test may be slow; what is asserted is that it comes


@dataclass
class Server:
    url: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Again after `stop` or `kill` too: on the same data, at the same address."""
        with self.log.open("ab") as output:
            process = subprocess.Popen(self.command, cwd=ROOT, env=self.environment, stdout=output, stderr=output)
        self.process = process
        wait_until(lambda: process.poll() is not None or answers(f"{self.url}/_stcore/health"), 120, "the server is up")
        assert process.poll() is None, self.log.read_text()

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Browser]]:
    """Starts a Chromium, with further arguments."""
    # The first is without windows: it opens a page with half the work.
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    executable = next(filter(None, map(shutil.which, names)), None)
    if not executable:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        yield lambda *further: playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu", *further]
        )


@pytest.fixture(scope="session")
def chromium(launch: Callable[..., Browser]) -> Iterator[Browser]:
    with closing(launch()) as browser:
        yield browser


class Visitor:
    """Opens tabs, each out of the one before it, which it replaces: the same process shows both.

    To start a process and compile Streamlit's scripts in it takes longer than most pages do. Tabs share one where they
    are of one origin, of which each was opened by another.
    """

    def __init__(self, context: BrowserContext) -> None:
        self._context, self._opener = context, context.new_page()

    def open(self) -> Page:
        try:
            return self._opened()
        except Error:  # where its server has been stopped, the browser's own page of that came in between
            self._opener = self._context.new_page()
            return self._opened()

    def _opened(self) -> Page:
        with self._opener.expect_popup() as opened:
            self._opener.evaluate("void open('about:blank')")
        return opened.value

    def leave(self, tab: Page) -> None:
        """Nothing is kept of what was done in it, but for the files that a browser keeps for good."""
        tabs = [one for one in self._context.pages if one is not self._opener]
        origins = {"{0.scheme}://{0.netloc}".format(urlsplit(one.url)) for one in tabs}
        for one in tabs:
            one.unroute_all()
            with suppress(Error):  # its server has been stopped
                one.goto(urljoin(one.url, "/healthz"))  # else it may keep something yet
                one.evaluate("sessionStorage.clear()")
        cdp = self._context.new_cdp_session(tab)
        for origin in origins:
            cdp.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage,indexeddb"})
        self._context.clear_cookies()
        self._context.clear_permissions()
        for one in [self._opener, *tabs]:
            if one is not tab:
                one.close()
        self._opener = tab


@pytest.fixture(scope="session")
def visitor(chromium: Browser) -> Iterator[Visitor]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    yield Visitor(context)
    context.close()


@pytest.fixture
def page(visitor: Visitor) -> Iterator[Page]:
    """A tab of a visitor who was never here."""
    tab = visitor.open()
    yield tab
    visitor.leave(tab)


@contextmanager
def servers_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts the app as the README does, on data folders of their own; in the end all are stopped."""
    servers: list[Server] = []

    def start(**environment: str) -> Server:
        folder = tmp_path_factory.mktemp("server")
        port = free_port()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ELASTICSEARCH_")}
        settings = {"IMAGE_SEARCH_DATA_DIR": str(folder / "data"), "IMAGE_SEARCH_ROOTS": str(ROOT), **environment}
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
        server = Server(f"http://localhost:{port}", command, inherited | settings, folder / "log")
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()
    for server in servers:
        _, _, raised = server.log.read_text().partition("Traceback")
        assert not raised, raised


@pytest.fixture(scope="module")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts the app until the end of the module: `start_server(IMAGE_SEARCH_MODEL="starter")`."""
    with servers_in(tmp_path_factory) as start:
        yield start


@pytest.fixture
def front() -> str:
    """What shows the page of a component; a test `ON_BOTH` is told."""
    return "bare"


ON_BOTH = pytest.mark.parametrize("front", ["bare", "streamlit"])
"""For tests of what a component and Streamlit say to each other: the bare page must do as Streamlit does."""

ON_STREAMLIT = pytest.mark.parametrize("front", ["streamlit"])
"""For tests of what only Streamlit's own front end does."""


@pytest.fixture
def component_page(front: str, request: pytest.FixtureRequest) -> str:
    """The URL of the page for one component by itself, whose script the test's module names in `PAGE`."""
    url: str = request.getfixturevalue(f"{front}_page")
    return url


@pytest.fixture(scope="module")
def bare_page(request: pytest.FixtureRequest) -> Iterator[str]:
    with served(request.module.PAGE) as url:
        yield url


@pytest.fixture(scope="module")
def streamlit_page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port, log = free_port(), tmp_path_factory.mktemp("page") / "log"
    command = [sys.executable, "-m", "streamlit", "run", "tests/browser/component_app.py", "--server.port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COMPONENT_PAGE": request.module.PAGE}
    server = Server(f"http://localhost:{port}", command, environment, log)
    server.start()
    yield server.url
    server.stop()
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="session")
def clip(clip_cache: Path) -> dict[str, str]:
    """The environment in which Inference finds CLIP-format weights without a network."""
    return {"MODEL_CACHE_DIR": str(clip_cache), "OFFLINE_MODE": "True"}


@pytest.fixture(scope="session")
def endpoint() -> Iterator[StandIn]:
    """What answers questions about pictures."""
    with standing_in(by_question) as one:
        yield one


@pytest.fixture(scope="session")
def coco_server(
    tmp_path_factory: pytest.TempPathFactory, clip: dict[str, str], coco: Path, endpoint: StandIn
) -> Iterator[Server]:
    """A server with nothing indexed yet, which may read COCO128."""
    asked = {"IMAGE_SEARCH_LLM_URL": endpoint.url, "IMAGE_SEARCH_LLM_MODEL": MODEL}
    with servers_in(tmp_path_factory) as start:
        yield start(IMAGE_SEARCH_ROOTS=str(coco), **asked, **clip)


def plan(tab: Page, source: Path | str) -> None:
    """Have the page, which is that of the ingest, look what there is."""
    tab.get_by_role("textbox", name="Folders").fill(str(source))
    tab.get_by_role("button", name="Scan folder").click()


@dataclass
class Ingested:
    server: Server
    seen: list[str]
    """What the progress bar said, each text once."""
    seen_elsewhere: str
    """What the search page said of the job meanwhile."""


@pytest.fixture(scope="session")
def ingested(coco_server: Server, coco: Path, chromium: Browser) -> Ingested:
    """COCO128 indexed by its path through the page, with a look at the other page meanwhile."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    tab = context.new_page()
    tab.goto(f"{coco_server.url}/ingest")
    plan(tab, coco)
    tab.get_by_role("button", name="Start").click()
    progress = tab.get_by_test_id("stProgress").first
    expect(progress).to_contain_text("of 128", timeout=180_000)  # the model is loaded first
    seen = [progress.inner_text()]
    tab.get_by_role("link", name="Search", exact=True).click()
    line = tab.get_by_test_id("stProgress").first
    expect(line).to_contain_text("coco128")
    elsewhere = line.inner_text()
    tab.get_by_role("link", name="Ingest", exact=True).click()
    done = tab.get_by_text("coco128 — done")
    while not done.is_visible():
        text = tab.evaluate("() => document.querySelector('[data-testid=stProgress]')?.innerText")
        if text and text not in seen:
            seen.append(text)
    context.close()
    return Ingested(coco_server, seen, elsewhere)
