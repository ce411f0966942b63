"""Quality: what is wrong with pictures as pictures, and the worst of each kind."""

import streamlit as st

from core.ui.analysis.links import follow_link
from core.ui.quality import view

follow_link()
st.title("Quality", anchor=False)
view.flags()
