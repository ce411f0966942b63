"""A page with nothing but the check of files from elsewhere."""

import streamlit as st

from core.ui.components.check import CheckLimits, check_area

st.set_page_config(layout="wide")
check_area(
    key="check",
    routes={name: f"/api/v1/{name}" for name in ("check", "pictures")}
    | {"files": "/api/v1/check/files", "pair": "/api/v1/duplicates/pair"}
    | {name: f"/{name}" for name in ("thumbnails", "images")},
    limits=CheckLimits(50 << 20, 1 << 30, 1_000),
    suffixes=[".jpg", ".png"],
    roots=["/pictures"],
)
