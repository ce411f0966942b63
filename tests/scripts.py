"""Streamlit's scripts run in this process, without a server and without Streamlit's front end."""

import json
from collections.abc import Iterable
from pathlib import Path

from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

# AppTest has no public calls for what is private here: it stays in this single place.


def script(path: Path) -> AppTest:
    """A visitor's session of this script, which has not run yet."""
    at = AppTest.from_file(str(path), default_timeout=60)
    at._bidi_component_manager = BidiComponentManager()  # that looks in no installed package: a second for each session
    return at


def rerun(at: AppTest, answers: Iterable[WidgetState]) -> AppTest:
    """Run it again with what the front end would send: what all widgets say, and these answers beside it."""
    states = WidgetStates()
    states.CopyFrom(at._tree.get_widget_states())
    states.widgets.extend(answers)
    return at._run(states)


def triggered(component: str, event: str, value: object) -> WidgetState:
    """The answer by which a component fires one of its triggers.

    Args:
        component: Its id.
    """
    return WidgetState(
        id=f"$$STREAMLIT_INTERNAL_KEY_{component}__events",
        json_trigger_value=json.dumps([{"event": event, "value": value}]),
    )
