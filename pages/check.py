"""Check: which pictures from elsewhere are in the collection already."""

import streamlit as st

from core.ui.check import view
from core.ui.server import services

st.title("Is it in the collection?", anchor=False)
st.caption("Drop pictures, folders or ZIP files: each is compared with all that is here. Nothing is stored.")
if not services().index.count():
    view.invitation()
view.area()
