"""The page of one component without Streamlit's front end, which takes longer to load than most tests to run.

The page's script runs as it does on Streamlit, in this process; `bare.html` and `bare.js` show what comes of it, give
the component what Streamlit would, and send what it answers. What only Streamlit's own front end shows is tested there.
"""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element

from tests.browser.component_app import ROUTES
from tests.nodes import wait_until
from tests.scripts import rerun, script, triggered

_HERE = Path(__file__).parent


@contextmanager
def served(page: str) -> Iterator[str]:
    """Serves the page of this script, one of this folder, and yields its URL."""
    sessions = Sessions(_HERE / page)
    routes = [Route("/", _file), Route("/bare.js", _file), Route("/run", sessions.answer, methods=["POST"]), *ROUTES]
    app = Starlette(routes=routes)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=server.run, args=([listening],))
        serving.start()
        wait_until(lambda: server.started, 60, "the page is served")
        yield f"http://localhost:{listening.getsockname()[1]}"
        server.should_exit = True
        serving.join()


async def _file(request: Request) -> Response:
    return FileResponse(_HERE / (request.url.path.removeprefix("/") or "bare.html"))


class Sessions:
    """One for each time that the page is loaded, as on Streamlit."""

    def __init__(self, page: Path) -> None:
        self._page, self._sessions = page, dict[str, AppTest]()

    async def answer(self, request: Request) -> Response:
        """What a run comes to: the elements on the page, and the query part of its URL where that has changed."""
        return JSONResponse(self._run(**await request.json()))

    def _run(self, session: str, query: str, answers: list[dict[str, Any]]) -> dict[str, Any]:
        if session not in self._sessions:
            self._sessions[session] = script(self._page)
        at = self._sessions[session]
        at.query_params = before = parse_qs(query.removeprefix("?"), keep_blank_values=True)
        main = sys.modules["__main__"]
        rerun(at, map(_widget, answers))
        sys.modules["__main__"] = main  # where Streamlit leaves the script
        assert not at.exception, at.exception
        changed = parse_qs(urlencode(at.query_params, doseq=True), keep_blank_values=True) != before
        return {
            "query": urlencode(at.query_params, doseq=True) if changed else None,
            "main": _elements(at.main),
            "sidebar": _elements(at.sidebar),
        }


def _widget(answer: dict[str, Any]) -> WidgetState:
    if "event" in answer:
        return triggered(answer["id"], answer["event"], answer["value"])
    return WidgetState(id=answer["id"], trigger_value=True)


def _elements(block: Block) -> list[dict[str, Any]]:
    return [_element(element) for element in block if not isinstance(element, Block) and element.type != "empty"]


def _element(element: Element) -> dict[str, Any]:
    proto = element.proto
    if element.type == "bidi_component":
        content = {name: getattr(proto, f"{name}_content") for name in ("html", "css", "js")}
        return {"kind": "component", "id": proto.id, "name": proto.component_name, "data": proto.json, **content}
    if element.type in {"button", "text_input"}:
        return {"kind": element.type, "id": proto.id, "text": proto.label}
    return {"kind": element.type, "text": element.value.replace("**", "")}
