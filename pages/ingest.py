"""Ingest: choose pictures, see the plan, watch them being indexed, see what became of each."""

import streamlit as st

from core.ui import ingest_view, sources
from core.ui.jobs.ended import reports
from core.ui.jobs.panel import job_panel

ingest_view.make_room()
st.title("Add pictures", anchor=False)
# In places of their own, empty or not: what comes and goes above the upload area would make it lose what it shows.
with st.container():
    job_panel()
with st.container():
    ingest_view.invitation()
folder, upload = st.columns(2, gap="medium")
with folder:
    ingest_view.source_form()
with upload:
    ingest_view.upload_form()
ingest_view.corpus()
with st.container():
    reports()
listed, past = st.tabs(["Sources", "History"])
with listed:
    sources.source_list()
with past:
    sources.history()
