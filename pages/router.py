"""The frame of every page: its head, the navigation, what all pages say, and the one place that shows errors."""

from pathlib import Path

import streamlit as st

from core.telemetry.context import begin_request
from core.ui.access.navigation import check_visitor, offered_pages
from core.ui.collections.chosen import switching
from core.ui.components.frame import SkipLink, frame
from core.ui.notices import expected_errors, model_banner, store_banner

ART = Path(__file__).parents[1] / "core" / "ui" / "art"

SKIP_LINKS = {
    "Search": (
        SkipLink("Skip to the search box", "query", ".words"),
        SkipLink("Skip to the results", "gallery", ".open[tabindex='0']"),
        SkipLink("Skip to the filters", "facets", ".fold"),
    ),
    "Map": (
        SkipLink("Skip to the map", "map", ".surface"),
        SkipLink("Skip to the clusters", "map", ".list .name"),
    ),
}

begin_request()  # what this run does, and the jobs that it starts, are told with an id of their own

# A file, not ":material/…:": the tab's icon would be fetched from another host.
st.set_page_config(page_title="image-search", page_icon=ART / "icon.svg", layout="wide")
st.logo(ART / "logo.svg", size="large")

page = st.navigation(offered_pages(), position="top")
with expected_errors():
    check_visitor()
    with st.container():  # a place of its own: what is below does not move when it is empty
        model_banner()
        store_banner()
    page.run()
# Last: it has no place of its own, and moves nothing while it comes. Nor does anything wait for the database.
frame(SKIP_LINKS.get(page.title, ()), switching())
