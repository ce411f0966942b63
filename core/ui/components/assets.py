"""Reading the front-end files and registering them with Streamlit."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from core.ui.components import modules

_HERE = Path(__file__).parent
_SHARED_STYLES = ("shared/theme", "shared/base")
_INCLUDED = re.compile(r" *<!-- include (\S+) -->\n")


def component(name: str, *styles: str) -> Callable[..., Any]:
    """Register the component of the folder `name`, which has a `.html`, `.css` and `.js` of that name too.

    The files' text is handed over, not their paths, which would need an installed package. Streamlit takes one style
    sheet: those of `styles`, by their paths here without `.css`, go between what all have and its own. The script is
    only what imports the component's module: Streamlit runs it from a `blob:` URL, which has nothing beside it.
    """
    mount = st.components.v2.component(
        f"image_search_{name}",
        html=_markup(f"{name}/{name}.html"),
        css=_joined((*_SHARED_STYLES, *styles, f"{name}/{name}")),
        js=_script(modules.url(modules.entry(name))),
    )

    def mount_with(*, data: Mapping[str, Any], **options: Any) -> Any:
        # In a list: what lies in a dictionary Streamlit looks through for data frames, and imports pandas for it.
        return mount(data=[data], **options)

    return mount_with


def _markup(file: str) -> str:
    """With what it takes in of others: a line `<!-- include compare/compare.html -->` stands for that file."""
    return _INCLUDED.sub(lambda found: _markup(found[1]), (_HERE / file).read_text("utf-8"))


def _script(url: str) -> str:
    return f'const module = await import(new URL("{url}", document.baseURI))\nexport default module.default\n'


def _joined(styles: tuple[str, ...]) -> str:
    files = [_HERE / f"{style}.css" for style in styles]
    return "\n".join(file.read_text("utf-8") for file in files if file.is_file())
