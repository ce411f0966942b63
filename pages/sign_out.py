"""Sign out: here, and with the provider where it has a way to."""

import streamlit as st

st.logout()
