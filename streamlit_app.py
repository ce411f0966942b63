"""The launcher: Streamlit and the app's own HTTP routes in one server.

    streamlit run streamlit_app.py        (or: uvicorn streamlit_app:app)

The pages live in `pages/`, and the script that frames them is `pages/router.py`: Streamlit runs a sub-page bare,
without its frame, where a `pages` folder stands beside the main script.

The server listens as soon as it knows whom it answers. What the first page needs is imported while the browser loads
Streamlit's scripts, and the model opens in a process of its own.
"""

import gc

gc.disable()  # until all is imported, which stays: looking through it for garbage takes a tenth of the start

import os  # noqa: E402
import threading  # noqa: E402
from collections.abc import AsyncIterator, Sequence  # noqa: E402
from contextlib import ExitStack, asynccontextmanager, suppress  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

import streamlit as st  # noqa: E402

from core.api.deferred import Deferred, own_routes  # noqa: E402
from core.api.protection import protection  # noqa: E402
from core.embedding.process.launching import launch_ahead  # noqa: E402
from core.errors import ImageSearchError  # noqa: E402
from core.telemetry.events import subscribe  # noqa: E402
from core.ui.access.login import access, login_url, refuse_to_start  # noqa: E402
from core.ui.components.modules import module_routes  # noqa: E402
from core.ui.logs import log_as  # noqa: E402
from core.ui.server import base_path, collections, served_hosts, server_settings  # noqa: E402
from core.ui.shell import pages, shell  # noqa: E402

if TYPE_CHECKING:
    from core.api.light import OwnRoutes
    from core.running.client import Reply
    from core.services import Services


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start the model and the jobs before the first visitor comes; what goes wrong is shown on the page, not here."""
    if not os.environ.get("INFERENCE_SERVER_URL"):  # else servers embed
        launch_ahead()
    ending, ended = ExitStack(), threading.Event()
    threading.Thread(target=_start, args=(ending, ended), name="start", daemon=True).start()
    ending.callback(ended.set)
    with ending:
        yield


def _start(ending: ExitStack, ended: threading.Event) -> None:
    """What visitors need, in the order in which they need it."""
    try:
        with suppress(ImageSearchError):
            collections().first.model.load()
            _answer_commands(ending)  # which the command line is left to answer itself, until the model is there
            _import_pages()
            routes = own.load()
            ending.callback(collections().close)
            collections().start()
            collections().first.warm_up()  # pays for what a first search loads, so that no visitor does
            routes.api.load()  # which the page needs when somebody scrolls on
            routes.metrics()
            collections().follow_up()  # imports what analyses need: no visitor is to wait for it
        with suppress(ImageSearchError):
            collections().tidy()  # looks at every file ever sent: nobody is to wait for it
    except RuntimeError:
        if not ended.is_set():  # at its end Python starts no more threads
            raise
    finally:
        _spare_garbage_collection()


def _import_pages() -> None:
    import core.ui.jobs.panel
    import core.ui.search_view  # noqa: F401


def _answer_commands(ending: ExitStack) -> None:
    """So that the command line need not load what is loaded here."""
    from core.running.server import CommandServer

    def answer(arguments: Sequence[str], folder: Path) -> "Reply | None":
        from core.cli.answering import answerer  # when the first comes: the page needs nothing of it

        return answerer(collections().of)(arguments, folder)

    server = CommandServer(collections().settings.data_dir, answer)
    server.start()
    ending.callback(server.stop)


def _spare_garbage_collection() -> None:
    # Streamlit collects garbage after every run of a page, and holds back the page's last messages meanwhile: 130 ms
    # as long as it looks through all that was ever imported, none after that is set aside. What is garbage by now is
    # set aside with it: to look for it would halt the first visitor's page for half a second.
    gc.freeze()
    gc.enable()


def _own() -> "OwnRoutes":
    from core.api.light import OwnRoutes

    return OwnRoutes(_asked, events)


def _asked() -> "Services":
    from core.services import shared

    return shared.asked()


log_as(server_settings().log, server_settings().log_level)
events = subscribe()  # to what is counted, from the first request on
own = Deferred(_own)
refuse_to_start()

app = st.App(
    Path(__file__).parent / "pages" / "router.py",
    lifespan=lifespan,
    routes=[*module_routes(base_path()), *own_routes(own, base_path()), *shell(base_path(), signs_in=access().is_on)],
    middleware=protection(
        served_hosts(),
        base_path(),
        pages(signs_in=access().is_on),
        server_settings().frame_ancestors,
        access=access(),
        login_url=login_url,
        trusted_proxies=server_settings().trusted_proxies,
    ),
)
