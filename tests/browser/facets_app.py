"""The panel of facets and the view options alone, with the modules that it imports. Started by `test_facets.py`."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from core.api.protection.sockets import QuietSockets
from core.ui.components.modules import module_routes

app = st.App(
    Path(__file__).with_name("facets_page.py"), routes=module_routes(""), middleware=[Middleware(QuietSockets)]
)
