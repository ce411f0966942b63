"""The command line: results on stdout, progress and errors on stderr; 0 done, 1 an expected error, 2 wrong
usage, 130 paused by Ctrl-C, 143 paused by SIGTERM."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typer import Typer

_COMMANDS = {
    "run": ("run",),
    "ingest": ("ingest", "remove"),
    "jobs": ("jobs",),
    "versions": ("reembed", "versions"),
    "search": ("search",),
    "index": ("status", "tag"),
    "analysis.labels": ("labels",),
    "analysis.classes": ("classes",),
    "analysis.picks": ("pick",),
    "sources": ("sources",),
    "engine": ("recall", "models"),
    "analysis.overview": ("overview",),
    "analysis.quality": ("quality",),
    "analysis.duplicates": ("duplicates",),
    "analysis.check": ("check",),
    "collections": ("collections",),
    "transfer.commands": ("export", "import", "snapshot"),
    "analysis.map": ("map", "clusters", "selections"),
    "access.tokens": ("tokens",),
    "access.agents": ("mcp",),
}
"""The modules, in the order of the help, and the commands that each adds."""


def program(command: str = "") -> "Typer":
    """The command line with one command, which starts sooner; with all where it is none of them."""
    needed = [name for name, commands in _COMMANDS.items() if command in commands] or list(_COMMANDS)
    for name in ("console", *needed):  # that first: how it imports typer matters to all
        import_module(f"core.cli.{name}")
    from core.cli.console import app

    return app


def __getattr__(name: str) -> Any:
    if name == "app":
        return program()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
