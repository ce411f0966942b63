"""The command that searches: how it is asked. Help is there without what a search imports."""

import re
from typing import Annotated

import typer

from core.cli.console import AsJson, app, expected_errors, terminal
from core.cli.texts import SearchCommand
from core.index.limits import MAX_K
from core.search.options import ALL_RESULTS, USUAL_K, Collapse, MinMatch, Sort
from core.text.names import printable

Folder = Annotated[
    str | None, typer.Option(help="Only pictures in this folder, or below this URL.", show_default=False)
]


def _k(text: str | int) -> int:
    if str(text) == ALL_RESULTS:
        return MAX_K
    if not re.fullmatch("-?[0-9]{1,9}", str(text)):
        raise typer.BadParameter(f"{printable(str(text))} is neither a whole number nor `{ALL_RESULTS}`.")
    return int(text)  # the search says which numbers it takes


@app.command(name="search", cls=SearchCommand)
@expected_errors
def search_command(
    text: Annotated[
        str,
        typer.Argument(
            help="Words and conditions, as in `2:beach + sunset − people label:cat width:>=1000`; or the path or "
            "URL of a picture. Put a single word that begins with - after --.",
            show_default=False,
        ),
    ] = "",
    image: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH|URL", help="A picture to search with. Can be repeated.", show_default=False),
    ] = None,
    exclude_image: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH|URL", help="A picture that results should not resemble. Can be repeated.", show_default=False
        ),
    ] = None,
    k: Annotated[
        int, typer.Option("-k", parser=_k, metavar="K", help=f"How many results: 1 to {MAX_K:,}, or all.")
    ] = USUAL_K,
    folder: Folder = None,
    label: Annotated[
        list[str] | None,
        typer.Option(help="Only pictures with this label. Repeat it for any of several.", show_default=False),
    ] = None,
    min_match: Annotated[
        MinMatch | None,
        typer.Option(
            "--min-match",
            "--min-strength",  # as it was called before
            help="Show only matches at least this strong; auto: down to where the matches end.",
            show_default=False,
        ),
    ] = None,
    collapse: Annotated[Collapse, typer.Option(help="Which pictures are shown as one.")] = Collapse.ALIKE,
    diversity: Annotated[
        float, typer.Option(min=0, max=1, help="From 0 (best first) to 1 (as different as possible).")
    ] = 0.0,
    sort: Annotated[Sort, typer.Option(help="The order of the results.")] = Sort.BEST,
    as_json: AsJson = False,
) -> None:
    """Find the pictures nearest to words, pictures or both. With conditions alone, list the pictures that meet them."""
    terminal().expect()
    from core.cli.searching import Asked, find

    pictures, labels = (image or [], exclude_image or []), label or []
    find(Asked(text, *pictures, k, folder, labels, min_match, collapse, diversity, sort), as_json)
