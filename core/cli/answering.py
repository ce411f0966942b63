"""Commands of other processes, run in this one: an app has the model and the index open."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click
import typer

from core.cli import program
from core.cli.collection_option import chosen
from core.cli.console import Terminal
from core.errors import ImageSearchError, InvalidQuery
from core.running.client import Reply
from core.services import Services


def answerer(services_of: Callable[[str], Services]) -> Callable[[Sequence[str], Path], Reply | None]:
    """What answers command lines that ask: with the arguments and the folder that they were given in. None where the
    command has to find out by itself: wrong usage, whatever goes wrong but the query, what this process may not read.

    Args:
        services_of: Gives those of a collection by its name.
    """

    def answer(arguments: Sequence[str], folder: Path) -> Reply | None:
        terminal = _Terminal(services_of, folder, needs_model=arguments[0] == "search")
        try:
            status = _run(arguments, terminal)
        except (_Declined, click.ClickException, click.Abort):
            return None
        return Reply(terminal.said, status)

    return answer


def _run(arguments: Sequence[str], terminal: "_Terminal") -> int:
    """Its exit status."""
    group = typer.main.get_command(program(arguments[0]))
    assert isinstance(group, click.Group)
    command = group.commands[arguments[0]]
    if set(command.get_help_option_names(click.Context(command))) & set(arguments):
        raise _Declined  # help goes to the output of the process
    try:
        with command.make_context(arguments[0], list(arguments[1:]), obj=terminal) as context:
            command.invoke(context)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    return 0


class _Declined(Exception):
    pass


class _Terminal(Terminal):
    """The terminal of the process that asks."""

    def __init__(self, services_of: Callable[[str], Services], folder: Path, *, needs_model: bool) -> None:
        self.folder = folder
        self._needs_model = needs_model
        self.said: list[tuple[bool, str]] = []
        self._services_of = services_of

    def expect(self, *, words: bool = True) -> None:
        """The model is there."""

    def services(self) -> Services:
        services = self._services_of(chosen())
        if self._needs_model and services.model.in_use is None:
            raise _Declined  # it would be waited for
        return services

    def fetched(self, url: str) -> tuple[bytes, str]:
        raise _Declined  # by the command's own way into the net

    def say(self, text: str, err: bool) -> None:
        self.said.append((err, text))

    def busy(self, words: str) -> AbstractContextManager[object]:
        return nullcontext()

    def fail(self, error: ImageSearchError) -> None:
        if not isinstance(error, InvalidQuery):
            raise _Declined
        super().fail(error)
