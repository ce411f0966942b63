"""The command that picks so many pictures of many."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.access.actors import COMMAND_LINE
from core.cli.console import AsJson, app, expected_errors, open_services, print_json, say, terminal, write_file
from core.cli.search import Folder
from core.cli.texts import SearchCommand
from core.text.names import utf8_safe

if TYPE_CHECKING:
    from core.analysis.picks.picks import Picked
    from core.index.records import ImageRecord

_HOWS = ("diverse", "typical", "balanced", "random")
_KINDS = ("label", "cluster", "class", "tag", "split")


@app.command(name="pick", cls=SearchCommand)
@expected_errors
def pick_command(
    count: Annotated[int, typer.Argument(metavar="N", show_default=False, help="How many.")],
    text: Annotated[
        str,
        typer.Argument(
            metavar="[QUERY]",
            show_default=False,
            help="Words and conditions to pick from, as a search takes them. By default from all pictures.",
        ),
    ] = "",
    how: Annotated[
        str,
        typer.Option(
            help="Which: diverse (each as unlike the others as can be), typical (the middle of each of as many "
            "groups), "
            "balanced (as many of each kind) or random."
        ),
    ] = "diverse",
    by: Annotated[str, typer.Option(help="With balanced: label, cluster, class, tag or split.")] = "label",
    seed: Annotated[int, typer.Option(help="The same one picks the same again.")] = 0,
    folder: Folder = None,
    tag: Annotated[str, typer.Option(help="Tag them.", show_default=False)] = "",
    csv: Annotated[Path | None, typer.Option(help="Write them to a table.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Pick pictures of many: what to label next, what to show."""
    for value, known, option in ((how, _HOWS, "--how"), (by, _KINDS, "--by")):
        if value not in known:
            raise typer.BadParameter(f"Use {', '.join(known[:-1])} or {known[-1]}.", param_hint=option)
    from core.analysis.picks.picks import How

    search: Any = _search(text, folder)
    services = open_services()
    kind: Any = by
    with terminal().busy("Picking…"):
        picked = services.analysis.picks.pick(search, count, How(how), kind, seed)
    records = {record.id: record for record in services.index.get(list(picked.ids))}
    if tag:
        from core.index.tags import change_tags, tagging

        changed = change_tags(services.index, picked.ids, [tag])
        services.audit.note(COMMAND_LINE, "Changed tags", tagging(changed, [tag], []))
    if csv:
        _write(csv, picked, records)
    if as_json:
        print_json(_plain(picked, records))
        return
    kinds = dict(zip(picked.ids, picked.kinds, strict=False))
    for id_ in picked.ids:
        if id_ in records:
            say(f"{f'{utf8_safe(kinds[id_]):<20}  ' if kinds else ''}{utf8_safe(records[id_].path)}")
    say(f"{len(picked.ids):,} of {picked.pool:,}; every picture is within {picked.farthest:.2f} of one.", err=True)
    for note in picked.notes:
        say(note, err=True)


def _search(text: str, folder: str | None) -> object:
    from core.cli.searching import conditions
    from core.index.filters import Filter
    from core.search.language.parser import parse
    from core.search.query import Query, Search

    words, where = parse(text)
    if words:
        terminal().expect()
    return Search(Query(words), Filter((*where.conditions, *conditions(folder, []))))


def _write(file: Path, picked: "Picked", records: "dict[str, ImageRecord]") -> None:
    from core.search.output.export import Line, as_csv

    write_file(file, as_csv((Line(id_), records.get(id_)) for id_ in picked.ids))


def _plain(picked: "Picked", records: "dict[str, ImageRecord]") -> dict[str, Any]:
    kinds = dict(zip(picked.ids, picked.kinds, strict=False))
    shown = [
        {
            "id": id_,
            "path": utf8_safe(records[id_].path),
            "content_hash": records[id_].content_hash,
            "kind": utf8_safe(kinds.get(id_, "")),
        }
        for id_ in picked.ids
        if id_ in records
    ]
    numbers = {"pool": picked.pool, "of": picked.of, "farthest": picked.farthest, "mean": picked.mean}
    return {"pictures": shown, "counts": dict(picked.counts), **numbers, "notes": list(picked.notes)}
