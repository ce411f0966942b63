"""Reading the front-end files and registering them with Streamlit."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_HERE = Path(__file__).parent


def component(name: str, *shared: str) -> ComponentRenderer:
    """Register the component whose files are `<name>.html`, `.css` and `.js` beside this module.

    Streamlit takes one text of each kind, and its scripts cannot import one another: the `.css` and `.js` files named
    in `shared` go in front. The files' text is handed over, not their paths, which would need an installed package.
    """
    names = ("base", *shared, name)
    return st.components.v2.component(
        f"image_search_{name}",
        html=(_HERE / f"{name}.html").read_text("utf-8"),
        css=_joined(names, ".css"),
        js=_joined(names, ".js"),
    )


def _joined(names: tuple[str, ...], suffix: str) -> str:
    files = [_HERE / f"{name}{suffix}" for name in names]
    return "\n".join(file.read_text("utf-8") for file in files if file.is_file())
