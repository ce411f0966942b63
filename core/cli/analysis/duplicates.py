"""Commands about what a collection holds twice."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.access.actors import COMMAND_LINE
from core.analysis.duplicates.model import REASONS, Level, Reason, Standing
from core.cli.collection_option import CollectionGroup, Program
from core.cli.console import AsJson, app, expected_errors, open_services, print_json, say
from core.cli.ingest import finished, open_library
from core.errors import DuplicatesRefused, InvalidQuery, NotIndexed
from core.text.command import command
from core.text.names import printable, utf8_safe
from core.text.words import counted, file_size, pictures

if TYPE_CHECKING:
    from core.analysis.duplicates.duplicates import Duplicates
    from core.analysis.duplicates.model import Group, Summary

duplicates_app = Program(cls=CollectionGroup, help="Find duplicates and decide which to keep.", no_args_is_help=True)
app.add_typer(duplicates_app, name="duplicates")

LevelOption = Annotated[
    Level, typer.Option("--level", help="Same file, same picture (resized, turned, cropped, framed), or look-alikes.")
]
Threshold = Annotated[
    float | None,
    typer.Option(
        "--threshold", min=0.0, max=1.0, show_default="what suits the model", help="Look-alikes: the cosine from which."
    ),
]
Reasons = Annotated[
    str,
    typer.Option(
        "--reasons",
        metavar="NAMES",
        show_default=",".join(REASONS),
        help="What makes a picture the one to keep, most important first.",
    ),
]
Folders = Annotated[
    list[str] | None,
    typer.Option(
        "--better", metavar="FOLDER", show_default=False, help="A better folder. Can be repeated, best first."
    ),
]
Within = Annotated[
    str, typer.Option("--within", metavar="FOLDER", show_default=False, help="Only groups with a picture in it.")
]
Against = Annotated[
    str,
    typer.Option("--against", metavar="FOLDER", show_default=False, help="Only groups with another picture in this."),
]
Paths = Annotated[
    list[str] | None, typer.Option(metavar="PATH", show_default=False, help="A picture. Can be repeated.")
]
NoMerge = Annotated[bool, typer.Option("--no-merge", help="Do not give tags and labels to the one that is kept.")]


@duplicates_app.command(name="scan")
@expected_errors
def scan_command(as_json: AsJson = False) -> None:
    """Scan the collection for duplicates. Run it again to scan only what is new."""
    services = open_services()
    with open_library() as library:
        found = services.analysis.duplicates
        job = finished(library, found.begin(by=COMMAND_LINE))
        summary = found.summary()
    if as_json:
        from core.analysis.duplicates import plain

        print_json({**plain.summary(summary), "seconds": round(job.seconds, 3)})
        return
    say(f"{pictures(summary.records)} scanned.")
    _tell(summary)


@duplicates_app.command(name="list")
@expected_errors
def list_command(
    level: LevelOption = Level.SAME_PICTURE,
    threshold: Threshold = None,
    standing: Annotated[Standing, typer.Option("--standing", help="Which groups.")] = Standing.OPEN,
    reasons: Reasons = "",
    better: Folders = None,
    within: Within = "",
    against: Against = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=500, help="Groups.")] = 20,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Groups to leave out at the start.")] = 0,
    as_json: AsJson = False,
) -> None:
    """List groups of duplicates, the most space to free first, and which picture of each is best kept."""
    found = _scanned()
    page = found.groups(
        level,
        threshold,
        offset,
        limit,
        standing=standing,
        reasons=_reasons(reasons),
        folders=_places(better),
        within=_place(within),
        against=_place(against),
    )
    if as_json:
        from core.analysis.duplicates import plain

        print_json(plain.page(page))
        return
    for group in page.groups:
        _print(group)
    rest = page.total - page.offset - len(page.groups)
    more = f" {counted(rest, 'more group')}." if rest > 0 else ""
    say(f"{counted(page.total, 'group')}, {file_size(page.gain)} to free.{more}", err=True)


@duplicates_app.command(name="decide")
@expected_errors
def decide_command(
    keep: Paths = None,
    set_aside: Paths = None,
    distinct: Annotated[
        list[str] | None,
        typer.Option("--distinct", metavar="PATH", show_default=False, help="Not duplicates of each other. Repeat it."),
    ] = None,
    clear: Annotated[
        list[str] | None, typer.Option("--clear", metavar="PATH", show_default=False, help="Decide nothing about it.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="In every group of --level: keep the suggested, set aside the rest.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back the latest decision.")] = False,
    level: LevelOption = Level.SAME_PICTURE,
    threshold: Threshold = None,
    reasons: Reasons = "",
    better: Folders = None,
    within: Within = "",
    against: Against = "",
    no_merge: NoMerge = False,
    as_json: AsJson = False,
) -> None:
    """Decide what to keep. What is set aside leaves the results; find it with `duplicate:set-aside`. No file is
    touched, and every decision can be undone."""
    found, singly = _scanned(), bool(keep or set_aside or distinct or clear)
    if singly + every + undo != 1:
        raise DuplicatesRefused(
            "It is not clear what to decide.", "Name pictures with --keep and --set-aside, or use --all, or --undo."
        )
    if undo:
        action = found.undo(by=COMMAND_LINE)
    elif every:
        how = {"reasons": _reasons(reasons), "folders": _places(better), "merge": not no_merge, "by": COMMAND_LINE}
        action = found.decide_all(level, threshold, within=_place(within), against=_place(against), **how)  # type: ignore[arg-type]
    else:
        parted = [_ids(distinct)] if distinct else []
        action = found.decide(
            _ids(keep), _ids(set_aside), parted, clear=_ids(clear), merge=not no_merge, by=COMMAND_LINE
        )
    if as_json:
        from core.analysis.duplicates import plain

        print_json(plain.action(action))
    else:
        say(f"{'Undone: ' if undo else ''}{utf8_safe(action.title)}.")
        if not undo:
            say(f"To take it back: {command('duplicates decide --undo')}", err=True)


@duplicates_app.command(name="export")
@expected_errors
def export_command(
    kind: Annotated[
        str, typer.Argument(metavar="FORMAT", show_default=False, help="A table (csv), or a script (move, remove).")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", show_default="the terminal", help="A file to write.")
    ] = None,
    target: Annotated[
        str,
        typer.Option("--target", metavar="FOLDER", show_default="set-aside", help="Where a script moves the files."),
    ] = "",
) -> None:
    """Export what was set aside: as a table, or as a shell script that moves or removes these files. Nothing is run."""
    from core.analysis.duplicates.export import FORMATS

    format_ = next((one for one in FORMATS if one == kind), None)
    if format_ is None:
        raise InvalidQuery(f"There is no format {printable(kind)}.", f"Choose {', '.join(FORMATS)}.")
    data = b"".join(_scanned().export(format_, target=target, by=COMMAND_LINE))
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    from core.storage import write_whole

    write_whole(output.absolute(), data)
    say(f"Written to {printable(output)}.", err=True)


def _scanned() -> "Duplicates":
    found = open_services().analysis.duplicates
    if found.catalog() is None:
        raise DuplicatesRefused("This collection was not scanned yet.", f"Scan it: {command('duplicates scan')}")
    return found


def _tell(summary: "Summary") -> None:
    for level, counts in summary.levels.items():
        words = f"{counted(counts.groups, 'group')}, {file_size(counts.gain)} to free"
        decided = f", {counted(counts.decided, 'more group')} decided" if counts.decided else ""
        from_ = f" (from a cosine of {summary.threshold:.3f})" if level is Level.LOOK_ALIKE else ""
        say(f"{level.words:>13}  {words}{decided}{from_}")
    if summary.unverified:
        say(f"{pictures(summary.unverified)} without a thumbnail: compared by hash only.", err=True)


def _print(group: "Group") -> None:
    say(f"{counted(group.count, 'picture')}, {file_size(group.gain)} to free  [{group.level.words.lower()}]")
    for member in group.members:
        record = member.record
        mark = "keep" if record.id == group.keeper else "aside" if member.decision == "set-aside" else ""
        words = group.reason if record.id == group.keeper else member.how
        size = f"{record.width}×{record.height}"
        say(f"  {mark:<5}  {size:>11}  {file_size(record.size):>9}  {utf8_safe(record.path)}  ({words})")


def _reasons(text: str) -> tuple[Reason, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = {reason.value: reason for reason in Reason}
    if wrong := next((name for name in names if name not in known), None):
        raise InvalidQuery(f"There is no reason {printable(wrong)}.", f"Choose of {', '.join(known)}.")
    return tuple(known[name] for name in names) or REASONS


def _place(text: str) -> str:
    from core.cli.searching import location_of

    return location_of(text) if text else ""


def _places(texts: list[str] | None) -> list[str]:
    return [_place(text) for text in texts or []]


def _ids(paths: list[str] | None) -> list[str]:
    """
    Raises:
        NotIndexed: one of them is not in the index.
    """
    from core.index.records import record_id

    ids = {record_id(_place(path)): path for path in paths or []}
    there = {record.id for record in open_services().index.get(list(ids))}
    if missing := next((path for id_, path in ids.items() if id_ not in there), None):
        raise NotIndexed(f"{printable(missing)} is not in the index.", f"Index it: {command('ingest SOURCE')}")
    return list(ids)
