"""What all commands share: the program itself, errors in one line, JSON."""

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from core.errors import ImageSearchError

if TYPE_CHECKING:
    from core.services import Services

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


def open_services() -> "Services":
    """The services of this process, with the model in it; imported only where a command needs them."""
    from core.services import shared

    services = shared()
    services.model.stay_in_process()
    return services
