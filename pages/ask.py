"""Ask: questions about pictures, answered by a model of one's choice."""

import streamlit as st

from core.ui.ask import view
from core.ui.server import services

view.make_room()
with st.container(key="ask-page"):
    st.title("Ask", anchor=False)
    if not services().settings.llm_url:
        view.explanation()
    else:
        if not services().index.count():
            view.invitation()
        view.area()
