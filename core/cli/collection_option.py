"""The option of every command that touches an index: which collection it is about."""

from collections.abc import Callable
from typing import Any

import typer
from click import Context, Parameter, get_current_context
from typer.core import TyperCommand, TyperGroup, TyperOption

_CHOSEN = "image-search collection"  # in what a context and those below it have in common


def chosen() -> str:
    """The collection that the command being run names; "" where it names none."""
    context = get_current_context(silent=True)
    return str(context.meta.get(_CHOSEN, "")) if context else ""


def _choose(context: Context, _: Parameter, name: str | None) -> None:
    if name:
        context.meta[_CHOSEN] = name


def _option() -> TyperOption:
    return TyperOption(
        param_decls=["--collection"],
        metavar="NAME",
        help="The collection. By default the first one.",
        callback=_choose,
        expose_value=False,
    )


class CollectionCommand(TyperCommand):
    """A command about one collection."""

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self.params.append(_option())


class CollectionGroup(TyperGroup):
    """A command that has others below it, all about one collection."""

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self.params.append(_option())


class Program(typer.Typer):
    """Commands, which are about a collection where nothing else is said."""

    def command[F: Callable[..., Any]](
        self, name: str | None = None, *, cls: type[TyperCommand] | None = None, **how: Any
    ) -> Callable[[F], F]:
        return super().command(name, cls=cls or CollectionCommand, **how)
