"""The launcher: Streamlit and the app's own HTTP routes in one server.

    streamlit run streamlit_app.py        (or: uvicorn streamlit_app:app)

The pages live in `pages/`, and the script that frames them is `pages/router.py`: Streamlit runs a sub-page bare,
without its frame, where a `pages` folder stands beside the main script.
"""

import gc
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

import streamlit as st

from core.api import protection, routes
from core.errors import ImageSearchError
from core.running.client import Reply
from core.running.server import CommandServer
from core.services import shared
from core.ui.server import base_path, served_hosts, server_settings
from core.ui.shell import shell


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start the model and the jobs before the first visitor comes; what goes wrong is shown on the page, not here."""
    with suppress(ImageSearchError):
        shared().start()
    commands = ExitStack()
    with suppress(ImageSearchError):
        commands.callback(_answer_commands().stop)
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    _spare_garbage_collection()
    with commands:
        yield


def _answer_commands() -> CommandServer:
    """So that the command line need not load what is loaded here."""
    services = shared()

    def answer(arguments: Sequence[str], folder: Path) -> Reply | None:
        from core.cli.answering import answerer  # when the first comes: the page needs nothing of it

        return answerer(services)(arguments, folder)

    server = CommandServer(services.settings.data_dir, answer)
    server.start()
    return server


def _warm_up() -> None:
    """Pay for what a first search loads, so that no visitor does."""
    with suppress(ImageSearchError):
        shared().warm_up()
    with suppress(ImageSearchError):
        shared().tidy()  # looks at every file ever sent: nobody is to wait for it
    _spare_garbage_collection()


def _spare_garbage_collection() -> None:
    # Streamlit collects garbage after every run of a page, and holds back the page's last messages meanwhile: 130 ms
    # as long as it looks through all that was ever imported, none after that is set aside.
    gc.collect()
    gc.freeze()


app = st.App(
    Path(__file__).parent / "pages" / "router.py",
    lifespan=lifespan,
    routes=[*routes(shared, base_path()), *shell(base_path())],
    middleware=protection(served_hosts(), base_path(), server_settings().frame_ancestors),
)
