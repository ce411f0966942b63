"""Index: how it is doing, and how many of the nearest its searches find."""

import streamlit as st

from core.status.overview import overview
from core.ui.index import view
from core.ui.server import services

view.make_room()
st.title("Index", anchor=False)
told = overview(services())
view.health(told)
view.numbers(told)
view.facts(told)
view.search_times(told)
if told.statistics.health != "unreachable":
    view.lens()
view.others()
