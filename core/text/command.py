"""What the command line is called, for those who are told to use it."""

from pathlib import Path

_INSTALLED = {"site-packages", "dist-packages"}

NAME = "image-search" if Path(__file__).parents[2].name in _INSTALLED else "python -m core"
"""The script, where the project is installed; in a checkout, what works in its folder."""


def command(words: str) -> str:
    """A command line: `command("jobs")`."""
    return f"{NAME} {words}"
