"""Texts of a search that begin with a minus, on a command line where options do."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.cli.collection_option import CollectionCommand

if TYPE_CHECKING:
    from click import Context

_TEXT = re.compile(r"-{1,3}(\s|\(|[“\"]|[A-Za-z]+:)")  # no option: `- people`, `-label:cat`, `-(label:cat OR tag:x)`


class SearchCommand(CollectionCommand):
    """Takes such a text as its argument, wherever it stands."""

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        valued = {option for one in self.params if not getattr(one, "is_flag", True) for option in one.opts}
        return super().parse_args(ctx, with_text_last(in_current_words(args), valued))


def in_current_words(args: Sequence[str]) -> list[str]:
    """The arguments with values that had another name in earlier versions under that of today."""
    return [
        re.sub(r"(^|=)picture$", r"\1image", arg) if "--collapse" in (before, arg.partition("=")[0]) else arg
        for before, arg in zip(["", *args], args, strict=False)
    ]


def with_text_last(args: Sequence[str], valued: set[str]) -> list[str]:
    """The arguments in an order in which the text is none of the options.

    Args:
        valued: The options that take the argument after them.
    """
    for at, arg in enumerate(args):
        if arg == "--":
            break
        if _TEXT.match(arg) and (at == 0 or args[at - 1] not in valued):
            return [*args[:at], *args[at + 1 :], "--", arg]
    return list(args)
