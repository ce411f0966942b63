"""Duplicates: what is here twice, looked through and decided on."""

import streamlit as st

from core.ui.duplicates import view
from core.ui.server import services

st.title("Duplicates", anchor=False)
summary = services().analysis.duplicates.summary()
with st.container():  # a place of its own, empty or not: what is below keeps what it shows
    view.scan(summary)
if summary.scanned_at:
    view.review(summary)
