"""Commands about collections: which there are, new ones, and what becomes of those that are not wanted any more."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from core.access.actors import COMMAND_LINE
from core.cli.console import AsJson, app, expected_errors, print_json, say
from core.errors import CollectionRefused, ImageSearchError
from core.text.command import command
from core.text.names import utf8_safe
from core.text.words import pictures

if TYPE_CHECKING:
    from core.collections.collection import Collection
    from core.services.collections import Collections

collections_app = typer.Typer(
    help="List and manage collections: named corpora, each with an index of its own.", invoke_without_command=True
)
app.add_typer(collections_app, name="collections")

Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False, help="The name that `collections` lists.")]
Confirm = Annotated[
    str, typer.Option(metavar="NAME", help="The name once more, for scripts that cannot be asked.", show_default=False)
]


@collections_app.callback()
@expected_errors
def default_command(context: typer.Context, as_json: AsJson = False) -> None:
    """List the collections: name, pictures, model, title."""
    if context.invoked_subcommand is None:
        _list(as_json)


@collections_app.command(name="list", cls=TyperCommand)
@expected_errors
def list_command(as_json: AsJson = False) -> None:
    """List the collections: name, pictures, model, title."""
    _list(as_json)


@collections_app.command(name="create", cls=TyperCommand)
@expected_errors
def create_command(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            show_default=False,
            help="Lower-case letters, digits, - and _. It stands in URLs, and stays.",
        ),
    ],
    title: Annotated[str, typer.Option(help="What people read.", show_default=False)] = "",
    description: Annotated[str, typer.Option(help="What is in it.", show_default=False)] = "",
    model: Annotated[
        str, typer.Option(metavar="MODEL", help="Its model. By default that of the first.", show_default=False)
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Create a collection."""
    made = _collections().create(name, title, description, model, by=COMMAND_LINE)
    if as_json:
        print_json(_summary(made))
    else:
        say(f"{made.name} is there, with the model {made.model_id}.")


@collections_app.command(name="rename", cls=TyperCommand)
@expected_errors
def rename_command(
    name: Name, title: Annotated[str, typer.Argument(metavar="TITLE", show_default=False, help="What people read.")]
) -> None:
    """Give a collection another title. Its name stays: links and commands go by it."""
    _collections().change(name, title=title, by=COMMAND_LINE)


@collections_app.command(name="describe", cls=TyperCommand)
@expected_errors
def describe_command(
    name: Name, text: Annotated[str, typer.Argument(metavar="TEXT", show_default=False, help="What is in it.")]
) -> None:
    """Say what is in a collection."""
    _collections().change(name, description=text, by=COMMAND_LINE)


@collections_app.command(name="model", cls=TyperCommand)
@expected_errors
def model_command(
    name: Name, model: Annotated[str, typer.Argument(metavar="MODEL", show_default=False, help="As `models` lists it.")]
) -> None:
    """Give a collection another model. Its pictures are then to be re-embedded: `reembed --collection NAME`."""
    _collections().change_model(name, model, by=COMMAND_LINE)
    say(f"{name} asks for {model}. Re-embed its pictures: {command(f'reembed --collection {name}')}")


@collections_app.command(name="clear", cls=TyperCommand)
@expected_errors
def clear_command(name: Name, confirm: Confirm = "") -> None:
    """Remove all pictures of a collection, its sources and jobs. The files are not touched."""
    _check(name, confirm, "clear")
    say(f"Removed {pictures(_collections().clear(name, COMMAND_LINE))} from {name}. The files are not touched.")


@collections_app.command(name="delete", cls=TyperCommand)
@expected_errors
def delete_command(name: Name, confirm: Confirm = "") -> None:
    """Delete a collection with all that it consists of. The files of its sources are not touched."""
    _check(name, confirm, "delete")
    _collections().delete(name, COMMAND_LINE)
    say(f"Deleted {name}. The files are not touched.")


def _collections() -> "Collections":
    from core.services import shared

    return shared.collections(command_line=True)


def _check(name: str, confirmed: str, what: str) -> None:
    """
    Raises:
        NoSuchCollection: there is none of this name.
        CollectionRefused: it is not meant.
    """
    _collections().get(name)
    if not confirmed and sys.stdin.isatty():
        confirmed = typer.prompt(f"Type {name} to {what} it", err=True)
    if confirmed != name:
        raise CollectionRefused(f"{name} was not confirmed.", f"Give its name once more: --confirm {name}.")


def _list(as_json: bool) -> None:
    found = [_summary(one) for one in _collections().all()]
    if as_json:
        print_json(found)
        return
    width = max(len(one["name"]) for one in found)
    for one in found:
        count = "?" if one["count"] is None else f"{one['count']:,}"
        say(f"{one['name']:<{width}}  {count:>9}  {one['model']:<16}  {one['title']}".rstrip())


def _summary(one: "Collection") -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": one.name,
        "title": utf8_safe(one.shown),
        "description": utf8_safe(one.description),
        "model": one.model_id,
        "count": None,
        "first": one.is_first,
    }
    try:
        status = _collections().of(one.name).status()
    except ImageSearchError as error:
        return told | {"error": str(error)}
    return told | {"model": status.model_id, "count": status.count}
