"""The command that searches: how it is asked. Help is there without what a search imports."""

import re
from typing import Annotated

import typer

from core.cli.console import AsJson, app, expected_errors, terminal
from core.cli.texts import SearchCommand
from core.images.names import shown
from core.index.limits import MAX_K
from core.search.options import ALL_RESULTS, USUAL_K, Collapse, Cut, Sort

Folder = Annotated[str | None, typer.Option(help="Only pictures of this folder or address and those below it")]


def _k(text: str | int) -> int:
    if str(text) == ALL_RESULTS:
        return MAX_K
    if not re.fullmatch("-?[0-9]{1,9}", str(text)):
        raise typer.BadParameter(f"{shown(str(text))} is neither a whole number nor `{ALL_RESULTS}`.")
    return int(text)  # the search says which numbers it takes


@app.command(name="search", cls=SearchCommand)
@expected_errors
def search_command(
    text: Annotated[
        str,
        typer.Argument(
            help="Words and conditions: `2:beach + sunset − people label:cat width:>=1000`; or the path or URL of a "
            "picture. One word with - before it goes after --.",
            show_default=False,
        ),
    ] = "",
    image: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH|URL", help="A picture to search for, alone or with others", show_default=False),
    ] = None,
    exclude_image: Annotated[
        list[str] | None, typer.Option(metavar="PATH|URL", help="A picture to turn away from", show_default=False)
    ] = None,
    k: Annotated[
        int, typer.Option("-k", parser=_k, metavar="K", help=f"How many results, the best: 1 to {MAX_K:,}, or all")
    ] = USUAL_K,
    folder: Folder = None,
    label: Annotated[list[str] | None, typer.Option(help="Only pictures with this label, or any of several")] = None,
    min_strength: Annotated[
        Cut | None,
        typer.Option(
            help="Of these, only what matches so well; auto: down to where the matches end", show_default=False
        ),
    ] = None,
    collapse: Annotated[Collapse, typer.Option(help="Which pictures are shown as one")] = Collapse.ALIKE,
    diversity: Annotated[float, typer.Option(min=0, max=1, help="From 0, best first, to 1, all different")] = 0.0,
    sort: Annotated[Sort, typer.Option(help="The order of the results")] = Sort.BEST,
    as_json: AsJson = False,
) -> None:
    """Find the `k` nearest to words, to pictures, or to all together; with conditions only, list what meets them."""
    terminal().expect_words()
    from core.cli.searching import Asked, find

    pictures, labels = (image or [], exclude_image or []), label or []
    find(Asked(text, *pictures, k, folder, labels, min_strength, collapse, diversity, sort), as_json)
