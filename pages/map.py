"""Map: all pictures in two dimensions, alike ones together; looked around in, lit by a search, selected."""

import streamlit as st

from core.ui.map import view

view.make_room()
view.go_on()
with st.container(key="map-page", gap=None):
    view.the_map()
