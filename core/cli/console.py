"""What all commands share: the program itself, errors in one line, JSON."""

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Annotated

import typer
from rich.console import Console

from core.errors import ImageSearchError

app = typer.Typer(
    help="Search pictures by words and by picture.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

console = Console(stderr=True)
"""For progress and notes: what scripts do not read."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts")]


def expected_errors[**P](command: Callable[P, None]) -> Callable[P, None]:
    """One line on stderr and exit status 1 for what may go wrong."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ImageSearchError as error:
            typer.echo(f"{error.title}: {error}".replace("\n", " "), err=True)
            raise typer.Exit(1) from None

    return run


def print_json(value: object) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
