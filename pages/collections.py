"""Collections: what there is, how each is called; new ones, and what becomes of those that are not wanted any more."""

import streamlit as st

from core.ui.collections import view

st.title("Collections", anchor=False)
view.introduction()
view.creation()
view.listing()
