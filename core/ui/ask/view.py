"""The parts of the page that takes questions about pictures."""

import json
from urllib.parse import urlsplit

import streamlit as st

from core.agents.toolbox import MAX_RESULTS
from core.ask.cost import patch_tokens, text_tokens
from core.ask.prompt import ABOUT, described, offered
from core.images.numbered import sheet_size
from core.ui.analysis.links import follow_link
from core.ui.components.ask import Asked, Terms, ask_area
from core.ui.server import route, services
from core.ui.shell import look

_K, _SIDE = 8, 256
_A_RESULT = 60  # tokens: a line of data
_USUAL = "zebras"


def make_room() -> None:
    """What is below is read like a text."""
    st.html(look("ask"))  # for those who come from another page
    follow_link()


def area() -> None:
    """The conversation."""
    settings = services().settings
    ask_area(
        key="ask",
        routes={
            "ask": route("api/v1/ask"),
            "pictures": route("api/v1/pictures"),
            **{name: route(name) for name in ("thumbnails", "images")},
        },
        asked=Asked(urlsplit(settings.llm_url).netloc, settings.llm_model),
        terms=Terms(
            names=settings.llm_names,
            places=settings.llm_places,
            side=_SIDE,
            k=_K,
            question_tokens=text_tokens(ABOUT + json.dumps(described(offered()))),
            search_tokens=[patch_tokens(*sheet_size(k, _SIDE)) + _A_RESULT * k for k in range(1, MAX_RESULTS + 1)],
        ),
        examples=_examples(),
    )


def _examples() -> list[str]:
    words = next(iter(services().examples()), _USUAL)
    return [
        "What is in this collection?",
        f"Which pictures match “{words}”, and how many are there?",
        "Which picture would you put on a poster, and why?",
    ]


def explanation() -> None:
    """Where no model was chosen."""
    st.info(
        "A model of your choice answers questions about these pictures, and says which ones its answer is about.  \n"
        "Set IMAGE_SEARCH_LLM_URL and IMAGE_SEARCH_LLM_MODEL (Ollama, vLLM or a hosted service), and start again: "
        "docs/ask.md says how. Until then nothing is sent anywhere.",
        icon=":material/forum:",
    )


def invitation() -> None:
    """Where there is nothing yet to ask about."""
    st.info("Nothing is indexed yet: there are no pictures to ask about.", icon=":material/info:")
