"""What a visitor changes in a component shows there at once, before the page answers; the other half is `edits.js`."""

import streamlit as st


def answered(key: str) -> int:
    """The number of the last edit that the page knows of: in a component's data, it tells late answers apart."""
    return int(st.session_state.get(f"{key}: answered", 0))


def edit(key: str, name: str) -> object:
    """What the visitor has changed, as the browser sent it, for a callback; None where it was something else.

    From now on the page answers to this edit.
    """
    sent = st.session_state[key].get(name)
    if not isinstance(sent, dict):
        return None
    number = sent.get("edit")
    st.session_state[f"{key}: answered"] = number if isinstance(number, int) else 0
    return sent.get("value")
