"""The parts of the quality page: the check, and the worst pictures of each kind."""

import streamlit as st

from core.analysis.quality.report import plain as plain_report
from core.ui.analysis.panel import Shown, analysis_panel
from core.ui.components.quality import quality_flags
from core.ui.server import route, services

_WORST = 16  # two rows
_SHOWN = Shown("quality", "Check quality", "Find pictures that are blurred, dark or nearly blank", "photo_filter")


def flags() -> None:
    """How the check is going, and what it found so far."""
    analysis = services().analysis
    report = analysis.quality.report(_WORST)
    with st.container():  # a place of its own: what is below keeps its own
        analysis_panel(_SHOWN, report.checked if report.flagged is not None else None, report.pictures)
    if report.flagged is not None:
        quality_flags(plain_report(report), thumbnails=route("thumbnails"), key="quality-flags")
