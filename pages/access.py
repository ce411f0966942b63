"""Access: who one is, tokens for programs, and for admins who may do what and who did what."""

import streamlit as st

from core.ui.access import view

st.title("Access", anchor=False)
view.identity()
view.tokens()
view.roles()
view.activity()
