"""Search: words and pictures in, the nearest pictures out."""

import streamlit as st

from core.ui import search_view
from core.ui import url_state as address
from core.ui.jobs.panel import job_line
from core.ui.notices import model_ready, wait_for_model

search_view.go_on()
filters = search_view.make_room()
with st.container(key="search-page", gap=None):
    line = st.container()  # a place of its own, so that what is below does not move when it is empty
    search = address.read_search()
    search_view.composer(search)
    with line:  # the search box does not wait for the jobs' database
        job_line()
    if search.query.words and not model_ready():
        wait_for_model()
    else:
        search_view.results(search, filters)
