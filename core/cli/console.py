"""What all commands share: the program itself, where they are run and what they say, errors in one line, JSON."""

import gc
import json
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from core import __version__
from core.errors import ExportRefused, ImageSearchError
from core.runtime.imports import without

with without("rich"):  # which typer imports for tables and tracebacks that are not wanted: half of its time
    import typer
import click

from core.cli.collection_option import Program, chosen

if TYPE_CHECKING:
    from rich.console import Console

    from core.services import Services

app = Program(
    help="Search pictures by words or by pictures.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"image-search {__version__}")
        raise typer.Exit


_Version = Annotated[bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)]


@app.callback()
def _program(_: _Version = False) -> None:
    """Has commands, however many of them are imported."""


@cache
def console() -> "Console":
    """For progress and notes: what scripts do not read."""
    from rich.console import Console

    return Console(stderr=True)


class Terminal:
    """Where a command is run: in this process, for whoever started it."""

    folder: Path | None = None
    """The folder that relative paths start from; None: the one that the process is in."""

    def expect(self, *, words: bool = True) -> None:
        """Begin to load the model while all else is imported, where it is likely to be the one that is needed.

        Args:
            words: Whether for words, or for pictures.
        """
        if chosen():  # it may be another's
            return
        from core.config import Settings
        from core.embedding.process.ahead import open_ahead

        with suppress(ImageSearchError):  # which opening the services says
            settings = Settings.load()
            elsewhere = settings.ray and not words
            if not elsewhere and not settings.is_served(settings.model_id):
                open_ahead(settings.model_id, settings.model_cache_dir, words=words)

    def services(self) -> "Services":
        """Those of the collection that is chosen, with the model in this process."""
        from core.services import shared

        services = shared.of(chosen(), command_line=True)
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        return services

    def fetched(self, url: str) -> tuple[bytes, str]:
        """A picture, and what it is called."""
        from core.search.pasted import url_name
        from core.sources.factory import read_file
        from core.sources.remote.urls import normalised

        url = normalised(url)
        return read_file(url, public_only=False), url_name(url)

    def say(self, text: str, err: bool) -> None:
        typer.echo(text, err=err)

    def fail(self, error: ImageSearchError) -> None:
        """One line on stderr and exit status 1 for what may go wrong."""
        self.say(f"{error.title}: {error}".replace("\n", " "), err=True)
        raise typer.Exit(1)

    def busy(self, words: str) -> AbstractContextManager[object]:
        """Within, they are shown to people."""
        return console().status(words) if sys.stderr.isatty() else nullcontext()


def terminal() -> Terminal:
    """The terminal of the command that is being run."""
    context = click.get_current_context(silent=True)
    return (context and context.find_object(Terminal)) or Terminal()


def say(text: str, err: bool = False) -> None:
    terminal().say(text, err)


def print_json(value: object) -> None:
    say(json.dumps(value, ensure_ascii=False, indent=2))


def write_file(file: Path, pieces: Iterable[bytes]) -> None:
    """Write what a command was asked to leave in a file.

    Raises:
        ExportRefused: there is no folder for it.
        StorageFull, StorageUnavailable: it cannot be written.
    """
    from core.runtime.files import is_folder
    from core.storage import write_whole
    from core.text.names import printable

    if not is_folder(file.parent):
        raise ExportRefused(f"There is no folder {printable(file.parent)}.", "Make it, or name another file.")
    write_whole(file, b"".join(pieces))


def open_services() -> "Services":
    """Imported only where a command needs them."""
    return terminal().services()


def expected_errors[**P](command: Callable[P, None]) -> Callable[P, None]:
    """What may go wrong is told, and is no traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ImageSearchError as error:
            terminal().fail(error)

    return run
