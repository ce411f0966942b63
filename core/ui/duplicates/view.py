"""The parts of the page of duplicates: the scan, and the groups that it has found."""

from urllib.parse import urlencode

import streamlit as st

from core.access.roles import Role
from core.analysis.duplicates import plain
from core.analysis.duplicates.model import Summary
from core.text.words import pictures
from core.ui.analysis.panel import Shown, analysis_panel
from core.ui.collections.chosen import named
from core.ui.components.duplicates import CollectionChoice, duplicates_review
from core.ui.server import base_path, collections, route, services
from core.ui.who import may

_MAX_FOLDERS = 500  # that are offered for completing
_SET_ASIDE = "duplicate:set-aside"
_SHOWN = Shown(
    "duplicates",
    "Scan for duplicates",
    "Find what is here twice: the same file, the same picture in another form, look-alikes",
    "difference",
)


def scan(summary: Summary) -> None:
    """Begin a scan; how far it is; when the last one was."""
    known = None if summary.state == "never" or not summary.scanned_at else summary.records
    analysis_panel(_SHOWN, known, services().index.count())


def review(summary: Summary) -> None:
    """The groups of the last scan, to be decided on."""
    if summary.unverified:
        st.caption(f":material/info: {pictures(summary.unverified)} without a thumbnail: compared less closely.")
    duplicates_review(
        key="duplicates",
        routes={
            **{name: route(f"api/v1/{name}") for name in ("duplicates", "pictures")},
            **{name: route(name) for name in ("thumbnails", "images")},
        },
        summary=plain.summary(summary),
        decides=may(Role.EDITOR),
        folders=list(services().facets().get("folder", {}))[:_MAX_FOLDERS],
        collections=_others(),
        search=f"{base_path()}/?{urlencode({**named(), 'q': _SET_ASIDE})}",
    )


def _others() -> list[CollectionChoice]:
    """The other collections, with the page that checks pictures against them."""
    return [
        CollectionChoice(
            one.shown, f"{base_path()}/check{'' if one.is_first else f'?{urlencode({"collection": one.name})}'}"
        )
        for one in collections().all()
        if one.name != services().name
    ]
