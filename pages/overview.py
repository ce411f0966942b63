"""Overview: what a collection holds, on one screen; or two sides of it beside each other."""

import streamlit as st

from core.ui.overview import sides, view

view.make_room()
st.title("Overview", anchor=False)
if view.compares():
    sides.choice()
    sides.result()
else:
    view.board()
