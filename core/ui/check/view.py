"""The parts of the page that checks pictures from elsewhere."""

import streamlit as st

from core.access.roles import Role
from core.images.files import SUFFIXES
from core.ui.components.check import CheckLimits, check_area
from core.ui.server import route, services
from core.ui.who import may


def area() -> None:
    """Files are dropped here, and what is known of each is told."""
    settings = services().settings
    check_area(
        key="check",
        routes={
            "check": route("api/v1/check"),
            "files": route("api/v1/check/files"),
            "pair": route("api/v1/duplicates/pair"),
            "pictures": route("api/v1/pictures"),
            **{name: route(name) for name in ("thumbnails", "images")},
        },
        limits=CheckLimits(settings.upload_mb << 20, settings.archive_mb << 20, settings.upload_files),
        suffixes=sorted(SUFFIXES),
        roots=[str(root) for root in settings.library_roots] if may(Role.ADMIN) else [],
    )


def invitation() -> None:
    """Where there is nothing yet that a picture could be in."""
    st.info("Nothing is indexed yet: every picture will be new.", icon=":material/info:")
