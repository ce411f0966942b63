"""Ingest: choose pictures, watch them being indexed, see what became of each."""

import streamlit as st

from core.ui import ingest_view
from core.ui.jobs import job_report

st.title("Add pictures", anchor=False)
job_report()
ingest_view.corpus()
folder, upload = st.columns(2, gap="medium")
with folder:
    ingest_view.folder_form()
with upload:
    ingest_view.upload_form()
