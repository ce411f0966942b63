"""Commands about the map: made, looked at, taken away as a table; its clusters, and selections of pictures."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.access.actors import COMMAND_LINE
from core.cli.collection_option import CollectionGroup, Program
from core.cli.console import AsJson, app, expected_errors, open_services, print_json, say
from core.cli.ingest import finished, open_library
from core.errors import ExportRefused, SelectionRefused
from core.text.command import command
from core.text.names import printable, utf8_safe
from core.text.words import ago, counted, pictures

if TYPE_CHECKING:
    from core.analysis.map.model import Cluster, Map
    from core.analysis.map.selections import Selection

map_app = Program(cls=CollectionGroup, help="Make the map of all pictures, and take it away.", no_args_is_help=True)
app.add_typer(map_app, name="map")
clusters_app = Program(cls=CollectionGroup, help="List and name the clusters of the map.", invoke_without_command=True)
app.add_typer(clusters_app, name="clusters")
selections_app = Program(cls=CollectionGroup, help="List, keep and delete selections.", invoke_without_command=True)
app.add_typer(selections_app, name="selections")

Number = Annotated[int, typer.Argument(metavar="NUMBER", show_default=False, help="The number that `clusters` lists.")]


@map_app.command(name="build")
@expected_errors
def build_command(
    again: Annotated[
        bool, typer.Option("--again", help="Lay out all pictures anew. Otherwise those that have a place keep it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the map, or bring it up to date. Run it again to continue where it stopped."""
    services = open_services()
    with open_library() as library:
        finished(library, services.analysis.map.build(again=again, by=COMMAND_LINE))
    _show(as_json)


@map_app.command(name="status")
@expected_errors
def status_command(as_json: AsJson = False) -> None:
    """Show whether there is a map, and how well it keeps what is alike together."""
    _show(as_json)


@map_app.command(name="export")
@expected_errors
def export_command(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", show_default=False, help="A CSV file. By default stdout.")
    ] = None,
) -> None:
    """Write the place and the clusters of each picture as CSV: id, x, y, cluster, path."""
    from core.analysis.map.table import as_csv

    services = open_services()
    made = services.analysis.map.at()
    if file is None:
        for part in as_csv(made, services.index):
            sys.stdout.buffer.write(part)
        return
    try:
        with file.open("wb") as out:
            out.writelines(as_csv(made, services.index))
    except OSError as error:
        raise ExportRefused(f"{printable(file)} cannot be written.", "Choose another file.") from error
    say(f"Wrote the places of {pictures(made.size)} to {printable(file)}.", err=True)


@clusters_app.callback()
@expected_errors
def clusters_command(context: typer.Context, as_json: AsJson = False) -> None:
    """List the clusters, the coarsest first, with how many pictures are in each."""
    if context.invoked_subcommand:
        return
    clusters = open_services().analysis.map.at().clusters
    if as_json:
        print_json([_plain(one) for one in clusters])
        return
    for one in _as_tree(clusters):
        say(f"{one.number:>5}  {one.size:>9,}  {'  ' * one.level}{utf8_safe(one.name)}")
    if not clusters:
        say("There are no clusters: the pictures do not stand in groups, or are too few.", err=True)


@clusters_app.command(name="rename")
@expected_errors
def rename_command(
    number: Number,
    name: Annotated[str, typer.Argument(show_default=False, help="Empty: its own name again.")],
    as_json: AsJson = False,
) -> None:
    """Call a cluster otherwise. Find its pictures with `cluster:NAME`."""
    renamed = open_services().analysis.map.rename(number, name, by=COMMAND_LINE)
    open_services().audit.note(COMMAND_LINE, "Named a cluster", renamed.name)
    if as_json:
        print_json(_plain(renamed))
    else:
        say(f"{pictures(renamed.size)}: {utf8_safe(renamed.filter)}")


@selections_app.callback()
@expected_errors
def selections_command(context: typer.Context, as_json: AsJson = False) -> None:
    """List the selections, the newest first."""
    if context.invoked_subcommand:
        return
    found = open_services().analysis.map.selections.all()
    if as_json:
        print_json([{**asdict(one), "filter": one.filter} for one in found])
        return
    for one in found:
        say(f"{one.count:>9,}  {one.id}  {utf8_safe(one.name) or f'for a while, made {ago(one.created_at)}'}")
    if not found:
        say("There are no selections. Draw one on the map.", err=True)


@selections_app.command(name="ids")
@expected_errors
def ids_command(selection: Annotated[str, typer.Argument(help="Its id or name.", show_default=False)]) -> None:
    """Print the ids of the pictures in a selection, one on each line."""
    ids = open_services().analysis.map.selections.ids(selection)
    if ids is None:
        raise _no_selection(selection)
    for id_ in ids:
        say(id_)


@selections_app.command(name="keep")
@expected_errors
def keep_command(
    selection: Annotated[str, typer.Argument(help="Its id or name.", show_default=False)],
    name: Annotated[str, typer.Argument(help="Empty: it is kept for a while only.", show_default=False)],
) -> None:
    """Keep a selection under a name."""
    selections = open_services().analysis.map.selections
    kept = selections.rename(_found(selection).id, name)
    say(f"{pictures(kept.count)}: {utf8_safe(kept.filter)}")


@selections_app.command(name="delete")
@expected_errors
def delete_command(selection: Annotated[str, typer.Argument(help="Its id or name.", show_default=False)]) -> None:
    """Delete a selection. Its pictures stay."""
    found = _found(selection)
    open_services().analysis.map.selections.delete(found.id)
    say(f"Deleted the selection of {pictures(found.count)}.")


def _found(name: str) -> "Selection":
    found = open_services().analysis.map.selections.find(name)
    if found is None:
        raise _no_selection(name)
    return found


def _no_selection(name: str) -> SelectionRefused:
    return SelectionRefused(f"There is no selection {printable(name)}.", f"List them: {command('selections')}")


def _show(as_json: bool) -> None:
    found = open_services().analysis.map.status()
    made = found.map
    if as_json:
        print_json({"state": found.state, "map": _about(made, found.behind) if made else None})
        return
    if made is None:
        say(f"There is no map yet. Make it: {command('map build')}")
        return
    say(f"{pictures(made.size)}, {counted(len(made.clusters), 'cluster')}, made {ago(made.made_at)}.")
    if made.quality.kept is not None:
        trust, kept = made.quality.trustworthiness, made.quality.kept
        say(f"Trustworthiness {trust:.3f}; {kept:.0%} of the 15 nearest stand nearest.")
    if found.behind:
        say(f"{pictures(found.behind)} came or went since: {command('map build')}")


def _about(made: "Map", behind: int) -> dict[str, Any]:
    return {
        "version": made.version,
        "layout": made.layout,
        "points": made.size,
        "clusters": len(made.clusters),
        "made": datetime.fromtimestamp(made.made_at, UTC).isoformat(timespec="seconds"),
        "behind": behind,
        "trustworthiness": made.quality.trustworthiness,
        "kept": made.quality.kept,
    }


def _plain(cluster: "Cluster") -> dict[str, Any]:
    told = asdict(cluster)
    return {**told, "filter": cluster.filter}


def _as_tree(clusters: "tuple[Cluster, ...]") -> "list[Cluster]":
    """Each followed by those that lie in it."""
    found: list[Cluster] = []

    def add(one: "Cluster") -> None:
        found.append(one)
        for other in clusters:
            if other.parent == one.number:
                add(other)

    for one in clusters:
        if not one.parent:
            add(one)
    return found
