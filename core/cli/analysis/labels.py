"""Commands about labels: which there are, and how good they are."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from core.access.actors import COMMAND_LINE
from core.cli.analysis.label_lines import leak_lines, plain_leak, plain_suspect, print_problems, suspect_line
from core.cli.collection_option import CollectionGroup, Program
from core.cli.console import AsJson, app, expected_errors, open_services, print_json, say, write_file
from core.cli.search import Folder
from core.text.command import command
from core.text.names import printable, utf8_safe
from core.text.words import counted, pictures

if TYPE_CHECKING:
    from core.analysis.labels.labels import Labels
    from core.index.records import ImageRecord

labels_app = Program(
    cls=CollectionGroup,
    help="List the labels from datasets, and how many pictures have each; check how good they are.",
    invoke_without_command=True,
)
app.add_typer(labels_app, name="labels")

Count = Annotated[int, typer.Option("-n", min=1, max=20_000, help="How many to show.")]
Again = Annotated[bool, typer.Option("--again", help="Check them again, though nothing has changed.")]
Kept = Annotated[bool, typer.Option("--kept", help="Show what was found before, without checking what is new.")]
_SHOWN = 20


@labels_app.callback()
@expected_errors
def labels_command(context: typer.Context, folder: Folder = None, as_json: AsJson = False) -> None:
    """List the labels from datasets, and how many pictures have each; check how good they are."""
    if context.invoked_subcommand is not None:
        return
    from core.cli.searching import conditions
    from core.index.filters import Filter

    counts = open_services().index.facets(Filter(tuple(conditions(folder, []))), ["label"])["label"]
    if as_json:
        print_json(counts)
        return
    for label, count in counts.items():
        say(f"{count:>9,}  {utf8_safe(label)}")
    if not counts:
        say("No pictures have labels. They come with datasets (YOLO, COCO, Pascal VOC).", err=True)


@labels_app.command(name="check")
@expected_errors
def check_command(again: Again = False, as_json: AsJson = False) -> None:
    """Check the labels: suspicious ones, leakage between splits, balance, boxes."""
    told = _checked(again).health()
    if as_json:
        from dataclasses import asdict

        print_json(asdict(told))
        return
    say(f"{pictures(told.labelled)} of {told.pictures:,} have {counted(told.labels, 'label')}.")
    say(f"{told.suspicious:>9,}  may be wrong        {command('labels suspicious')}")
    say(f"{told.missing:>9,}  may be missing      {command('labels suspicious --missing')}")
    say(f"{told.unlabelled:>9,}  could be labelled   {command('labels unlabelled')}")
    if told.splits:
        leaks = sum(told.leaks.get(level, 0) for level in ("listed", "bytes", "picture"))
        say(f"{leaks:>9,}  in two splits       {command('labels leakage')}")


@labels_app.command(name="suspicious")
@expected_errors
def suspicious_command(
    missing: Annotated[bool, typer.Option("--missing", help="Labels that may be missing.")] = False,
    label: Annotated[str, typer.Option(help="Only this label.", show_default=False)] = "",
    only_open: Annotated[bool, typer.Option("--open", help="Only those that nothing was said of.")] = False,
    count: Count = _SHOWN,
    kept: Kept = False,
    as_json: AsJson = False,
) -> None:
    """List labels that neighbours and the model contradict, the most suspicious first."""
    found = _labels(kept).suspects("missing" if missing else "given", label, 0, count, only_open=only_open)
    if as_json:
        rows = [plain_suspect(one) for one in found.rows]
        print_json({"total": found.total, "issues": found.issues, "reviewed": found.reviewed, "rows": rows})
        return
    for one in found.rows:
        say(suspect_line(one))
    say(f"{found.issues:,} are likely to be {'missing' if missing else 'wrong'}; {found.total:,} listed.", err=True)


@labels_app.command(name="decide")
@expected_errors
def decide_command(
    path: Annotated[str, typer.Argument(metavar="PATH", show_default=False, help="The picture.")],
    label: Annotated[str, typer.Argument(metavar="LABEL", show_default=False, help="The label in question.")],
    verdict: Annotated[
        str, typer.Argument(metavar="right|wrong|clear", show_default=False, help="What you say of it.")
    ] = "",
    should_be: Annotated[
        str, typer.Option("--should-be", metavar="LABEL", help="What it should be instead.", show_default=False)
    ] = "",
    missing: Annotated[bool, typer.Option("--missing", help="Of a label that the picture does not have.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say whether a label of a picture is right. It is kept by the picture's content; no file is changed."""
    from core.analysis.labels.decisions import Decision

    if bool(should_be) == bool(verdict) or verdict not in ("", "right", "wrong", "clear"):
        raise typer.BadParameter("Say right, wrong or clear, or what it should be with --should-be.")
    said: Any = "replaced" if should_be else None if verdict == "clear" else verdict
    kind: Literal["given", "missing"] = "missing" if missing else "given"
    kept = open_services().analysis.labels.decide(
        [Decision(_record(path).content_hash, label, kind, said, should_be)], by=COMMAND_LINE
    )
    if as_json:
        print_json({"kept": kept})
    else:
        say("Kept." if kept else "Taken back.")


@labels_app.command(name="export")
@expected_errors
def export_command(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            show_default=False,
            help="What was said as a table (x.csv), or the corrected labels as COCO has them (x.json).",
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Write what was said of labels, or the labels as they were corrected."""
    from pathlib import Path

    target, found = Path(file).expanduser(), open_services().analysis.labels
    if target.suffix.lower() not in (".csv", ".json"):
        raise typer.BadParameter("Name a file that ends in .csv or .json.")
    pieces = found.decisions_csv() if target.suffix.lower() == ".csv" else found.corrected()
    write_file(target, pieces)
    if as_json:
        print_json({"file": str(target), "decisions": found.decisions.count()})
    else:
        say(f"Wrote {printable(target)}: {counted(found.decisions.count(), 'decision')}.")


@labels_app.command(name="leakage")
@expected_errors
def leakage_command(
    look_alikes: Annotated[
        bool, typer.Option("--look-alikes", help="Look-alikes, which may be two of a series.")
    ] = False,
    count: Count = 1_000,
    kept: Kept = False,
    as_json: AsJson = False,
) -> None:
    """List pictures that are in two splits of a dataset. Exits with 1 where there are any but look-alikes."""
    found = _labels(kept)
    pairs = found.leaks("alike" if look_alikes else None)
    if as_json:
        shown = [plain_leak(one) for one in pairs[:count]]
        print_json({"levels": found.leakage.counts(), "total": len(pairs), "pairs": shown})
    else:
        for one in pairs[:count]:
            say(leak_lines(one))
        say(f"{counted(len(pairs), 'pair')}.", err=True)
    if pairs and not look_alikes:
        raise typer.Exit(1)


@labels_app.command(name="balance")
@expected_errors
def balance_command(kept: Kept = False, as_json: AsJson = False) -> None:
    """Count each label in each split."""
    told = _labels(kept).balance()
    if as_json:
        print_json(told)
        return
    splits = told["splits"]
    say("".join(f"{split or 'no split':>10}" for split in splits) + "  label")
    for row in told["rows"]:
        say("".join(f"{row['pictures'].get(split, 0):>10,}" for split in splits) + f"  {utf8_safe(row['label'])}")
    for note in told["notes"]:
        say(utf8_safe(note), err=True)


@labels_app.command(name="boxes")
@expected_errors
def boxes_command(
    problem: Annotated[
        str,
        typer.Argument(
            metavar="[PROBLEM]",
            show_default=False,
            help="List boxes that are tiny, twice, contradicting, cut or whole.",
        ),
    ] = "",
    count: Count = _SHOWN,
    kept: Kept = False,
    as_json: AsJson = False,
) -> None:
    """Measure the boxes: how large, where, and which look like mistakes."""
    found = _labels(kept)
    if problem:
        print_problems(found.box_problems(problem, 0, count), as_json)
        return
    told = found.boxes()
    if as_json:
        print_json(told)
        return
    say(f"{counted(told.get('boxes', 0), 'box', 'boxes')} in {pictures(told.get('labelled', 0))}.")
    for bin_ in told.get("sizes", []):
        say(f"{bin_['count']:>9,}  side {bin_['words']}")
    for name, number in told.get("problems", {}).items():
        say(f"{number:>9,}  {name}")


@labels_app.command(name="unlabelled")
@expected_errors
def unlabelled_command(count: Count = _SHOWN, kept: Kept = False, as_json: AsJson = False) -> None:
    """List pictures without labels that look like one."""
    total, rows = _labels(kept).unlabelled(0, count)
    if as_json:
        shown = [
            {"path": utf8_safe(record.path), "id": record.id, "label": label, "probability": share}
            for record, label, share in rows
        ]
        print_json({"total": total, "rows": shown})
        return
    for record, label, share in rows:
        say(f"{share:5.0%}  {utf8_safe(label):<20}  {utf8_safe(record.path)}")
    say(f"{pictures(total)} without labels look like one.", err=True)


def _labels(kept: bool) -> "Labels":
    return open_services().analysis.labels if kept else _checked(False)


def _checked(again: bool) -> "Labels":
    """The labels, after a check of what is new."""
    from core.cli.ingest import finished, open_library

    found = open_services().analysis.labels
    with open_library() as library:
        for job in found.begin(again=again, by=COMMAND_LINE):
            finished(library, job)
    return found


def _record(path: str) -> "ImageRecord":
    """
    Raises:
        NotIndexed: it is not there.
    """
    from core.cli.searching import location_of
    from core.errors import NotIndexed
    from core.index.records import record_id

    found = open_services().index.get([record_id(location_of(path))])
    if not found:
        raise NotIndexed(f"{printable(path)} is not in the index.", f"Index it: {command('ingest SOURCE')}")
    return found[0]
