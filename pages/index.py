"""Index: how it is doing, what can be done with its versions, and how many of the nearest its searches find."""

import streamlit as st

from core.status.overview import overview
from core.ui.index import versions, view
from core.ui.jobs.panel import job_panel
from core.ui.server import services

view.make_room()
st.title("Index", anchor=False)
with st.container():  # a place of its own, empty or not: what is below keeps its own
    job_panel()
told = overview(services())
view.health(told)
view.numbers(told)
view.facts(told)
view.search_times(told)
if told.statistics.health != "unreachable":
    versions.listing()
    view.lens()
view.others()
