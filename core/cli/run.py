"""Starting the app."""

import os
import subprocess
import sys
from pathlib import Path

import typer
from typer.core import TyperCommand

from core.cli.console import app

_APP = Path(__file__).parents[2] / "streamlit_app.py"


@app.command(cls=TyperCommand, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run(context: typer.Context) -> None:
    """Start the app, and print its URL. Streamlit's own options work too: --server.port 8502."""
    command = [sys.executable, "-m", "streamlit", "run", str(_APP), *context.args]
    if os.name == "nt":  # there a process cannot become another one
        raise typer.Exit(subprocess.call(command))  # noqa: S603 - Python itself, no shell
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606 - as above
