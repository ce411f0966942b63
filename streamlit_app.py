"""The launcher: Streamlit and the app's own HTTP routes in one server.

    streamlit run streamlit_app.py        (or: uvicorn streamlit_app:app)

The pages live in `pages/`, and the script that frames them is `pages/router.py`: Streamlit runs a sub-page bare,
without its frame, where a `pages` folder stands beside the main script.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

from core.api import routes
from core.errors import ImageSearchError
from core.services import shared
from core.ui.server import base_path


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start the model before the first visitor comes; a wrong setting is shown on the page, not here."""
    try:
        services = shared()
        services.load()
        services.expire_queries()
    except ImageSearchError:
        pass
    yield


app = st.App(Path(__file__).parent / "pages" / "router.py", lifespan=lifespan, routes=routes(shared, base_path()))
