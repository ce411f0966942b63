"""Reading the front-end files and registering them with Streamlit."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent


def component(name: str, *shared: str) -> Callable[..., Any]:
    """Register the component whose files are `<name>.html`, `.css` and `.js` beside this module.

    Streamlit takes one text of each kind, and its scripts cannot import one another: the `.css` and `.js` files named
    in `shared` go in front. The files' text is handed over, not their paths, which would need an installed package.
    """
    names = ("base", *shared, name)
    mount = st.components.v2.component(
        f"image_search_{name}",
        html=(_HERE / f"{name}.html").read_text("utf-8"),
        css=_joined(names, ".css"),
        js=_joined(names, ".js"),
    )

    def mount_with(*, data: Mapping[str, Any], **options: Any) -> Any:
        # In a list: what lies in a dictionary Streamlit looks through for data frames, and imports pandas for it.
        return mount(data=[data], **options)

    return mount_with


def _joined(names: tuple[str, ...], suffix: str) -> str:
    files = [_HERE / f"{name}{suffix}" for name in names]
    return "\n".join(file.read_text("utf-8") for file in files if file.is_file())
