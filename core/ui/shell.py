"""The document that all pages live in: Streamlit's own, with the look of the search page in its head.

What a run of the page brings is there only after the sidebar has opened, and would move all that is seen by then.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from streamlit.file_util import get_static_dir

LOOK = f"<style>{Path(__file__).with_name('search.css').read_text('utf-8')}</style>"


def shell(prefix: str) -> Route:
    """The route of the first page.

    Args:
        prefix: The path under which the app is served, "" or "/path".
    """
    document = with_look((Path(get_static_dir()) / "index.html").read_text("utf-8"))

    async def answer(_: Request) -> Response:
        return HTMLResponse(document, headers={"Cache-Control": "no-cache"})

    return Route(f"{prefix}/", answer)


def with_look(document: str) -> str:
    """The document as it is where it has no head."""
    return document.replace("</head>", f"{LOOK}</head>", 1)
