"""Labels: classes from words, suspicious labels, leakage between splits, balance and boxes, picks."""

import streamlit as st

from core.ui.labels import view

st.title("Labels", anchor=False)
view.show(view.section())
