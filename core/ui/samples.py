"""An empty corpus invites: pictures to try the search with, without any data of one's own."""

import streamlit as st

from core.sources.samples import sample_pictures
from core.ui.server import services


def offer_samples() -> None:
    """For a corpus without pictures: index the sample pictures by one click, or go to one's own."""
    st.space("large")
    with st.container(horizontal_alignment="center", gap="small", key="invitation"):
        st.markdown("### :material/photo_library: Nothing is indexed yet", width="content", text_alignment="center")
        st.markdown(
            "Add pictures of your own, or try the search with the sample pictures that are already on this machine.",
            width="content",
            text_alignment="center",
        )
        with st.container(horizontal=True, horizontal_alignment="center", gap="small"):
            if st.button("Add my pictures", icon=":material/add_photo_alternate:"):
                st.switch_page("ingest.py")
            sample_button()


def sample_button() -> None:
    """Starts indexing the pictures that come with scikit-image, and shows how it goes."""
    if sample_pictures() and st.button("Index the sample pictures", icon=":material/auto_awesome:", type="primary"):
        services().start_samples()
        st.switch_page("ingest.py")
