"""Commands about class lists: labels from words."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.access.actors import COMMAND_LINE
from core.cli.collection_option import CollectionGroup, Program
from core.cli.console import AsJson, app, expected_errors, open_services, print_json, say
from core.text.command import command
from core.text.names import utf8_safe
from core.text.words import counted, pictures

if TYPE_CHECKING:
    from core.analysis.classes.classes import Classes, ClassPage, ClassState, ListState
    from core.analysis.classes.lists import ClassList

classes_app = Program(
    cls=CollectionGroup,
    help="Sort pictures into classes that are only words: lists of classes, and which pictures each fits.",
    invoke_without_command=True,
)
app.add_typer(classes_app, name="classes")

Name = Annotated[str, typer.Argument(metavar="LIST", show_default=False, help="The name that `classes` lists.")]
ClassName = Annotated[str, typer.Argument(metavar="CLASS", show_default=False, help="A class of the list.")]
_SHOWN = 20


@classes_app.callback()
@expected_errors
def default_command(context: typer.Context, as_json: AsJson = False) -> None:
    """List the class lists."""
    if context.invoked_subcommand is None:
        _list(as_json)


@classes_app.command(name="list")
@expected_errors
def list_command(as_json: AsJson = False) -> None:
    """List the class lists."""
    _list(as_json)


@classes_app.command(name="create")
@expected_errors
def create_command(
    name: Annotated[str, typer.Argument(metavar="LIST", show_default=False, help="What to call it.")],
    classes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CLASS...",
            show_default=False,
            help="The classes; with words of its own: `scratch: a scratched metal surface`.",
        ),
    ] = None,
    labels: Annotated[bool, typer.Option("--labels", help="Also the labels that pictures have.")] = False,
    clusters: Annotated[bool, typer.Option("--clusters", help="Also the names of their clusters.")] = False,
    one_each: Annotated[bool, typer.Option("--one-each", help="One class for each picture at most.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a class list, and score the pictures for it."""
    from core.analysis.classes.lists import ClassOf, typed

    found = open_services().analysis.classes
    wanted = typed("\n".join(classes or []))
    offers = found.offers()
    wanted += [
        ClassOf(one) for one in (*(offers["labels"] if labels else []), *(offers["clusters"] if clusters else []))
    ]
    from core.cli.ingest import finished, open_library

    with open_library() as library:
        made = found.add(name, wanted, exclusive=one_each, by=COMMAND_LINE)
        finished(library, found.score(COMMAND_LINE))
        _tell(found.state(made), as_json)


@classes_app.command(name="show")
@expected_errors
def show_command(
    name: Name,
    of: Annotated[
        str, typer.Option("--class", metavar="CLASS", help="The pictures that this class may fit.", show_default=False)
    ] = "",
    order: Annotated[
        str, typer.Option(help="The order: best, doubtful (near the line) or sample (by chance).")
    ] = "best",
    count: Annotated[int, typer.Option("-n", min=1, max=10_000, help="How many pictures.")] = _SHOWN,
    as_json: AsJson = False,
) -> None:
    """Show a class list: how many pictures each class has, where its line is, how often it was right."""
    found, one = _open(name)
    if not of:
        _tell(found.state(one), as_json)
        return
    from core.analysis.classes.classes import Order

    if order not in set(Order):
        raise typer.BadParameter("Use best, doubtful or sample.", param_hint="--order")
    _print_pictures(found.pictures(one.id, of, Order(order), 0, count), as_json)


@classes_app.command(name="threshold")
@expected_errors
def threshold_command(
    name: Name,
    of: ClassName,
    strength: Annotated[str, typer.Argument(metavar="STRENGTH", show_default=False, help="A number, or `suggested`.")],
    as_json: AsJson = False,
) -> None:
    """Draw the line of a class: the strength from which a picture is one."""
    found, one = _open(name)
    changed = found.change(one.id, thresholds={of: _strength(strength)}, by=COMMAND_LINE)
    _tell(found.state(changed), as_json)


@classes_app.command(name="say")
@expected_errors
def say_command(
    name: Name,
    of: ClassName,
    right: Annotated[list[str] | None, typer.Option(metavar="PATH", help="A picture that is one.")] = None,
    wrong: Annotated[list[str] | None, typer.Option(metavar="PATH", help="A picture that is none.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say which pictures are of a class, and which are not."""
    found, one = _open(name)
    said: dict[str, bool | None] = dict.fromkeys(_hashes(wrong or []), False)
    said |= dict.fromkeys(_hashes(right or []), True)
    state = found.say(one.id, of, said, by=COMMAND_LINE)
    if as_json:
        print_json(_plain_class(state))
    else:
        say(f"{utf8_safe(state.of.name)}: {state.precision.words}.")


@classes_app.command(name="apply")
@expected_errors
def apply_command(
    name: Name,
    tags: Annotated[bool, typer.Option("--tags", help="Also tag the pictures.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give pictures the classes of a list, now and when they come in. Find them with `class:NAME`."""
    _settle(name, lambda found, one: found.apply(one.id, tags=tags, by=COMMAND_LINE), as_json)


@classes_app.command(name="withdraw")
@expected_errors
def withdraw_command(name: Name, as_json: AsJson = False) -> None:
    """Take the classes of a list from the pictures. Tags stay."""
    _settle(name, lambda found, one: found.withdraw(one.id, by=COMMAND_LINE), as_json)


@classes_app.command(name="delete")
@expected_errors
def delete_command(name: Name, as_json: AsJson = False) -> None:
    """Delete a class list. Its classes leave the pictures; tags stay."""
    from core.cli.ingest import finished, open_library

    found, one = _open(name)
    with open_library() as library:
        found.delete(one.id, by=COMMAND_LINE)
        if one.applied:
            finished(library, found.score(COMMAND_LINE))
    if as_json:
        print_json({"deleted": one.name})
    else:
        say(f"Deleted the class list {utf8_safe(one.name)}.")


def _settle(name: str, action: Any, as_json: bool) -> None:
    from core.cli.ingest import finished, open_library

    found, one = _open(name)
    with open_library() as library:
        finished(library, action(found, one))
        _tell(found.state(found.lists.get(one.id)), as_json)


def _open(name: str) -> "tuple[Classes, ClassList]":
    found = open_services().analysis.classes
    return found, found.lists.named(name)


def _strength(text: str) -> float | None:
    if text == "suggested":
        return None
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter("A number is expected, or `suggested`.", param_hint="STRENGTH") from None


def _hashes(paths: list[str]) -> list[str]:
    """The content hashes of pictures in the index, by their paths.

    Raises:
        NotIndexed: one is not there.
    """
    from core.cli.searching import location_of
    from core.errors import NotIndexed
    from core.index.records import record_id

    index = open_services().index
    wanted = {record_id(location_of(path)): path for path in paths}
    records = {record.id: record for record in index.get(list(wanted))}
    for id_, path in wanted.items():
        if id_ not in records:
            raise NotIndexed(f"{utf8_safe(path)} is not in the index.", f"Index it: {command('ingest SOURCE')}")
    return [records[id_].content_hash for id_ in wanted]


def _list(as_json: bool) -> None:
    states = open_services().analysis.classes.states()
    if as_json:
        print_json([plain(state) for state in states])
        return
    for state in states:
        applied = "applied" if state.list.applied else ""
        say(f"{counted(len(state.classes), 'class', 'classes'):>12}  {applied:<8} {utf8_safe(state.list.name)}")
    if not states:
        say(f"No class lists yet. Make one: {command('classes create NAME CLASS…')}", err=True)


def _tell(state: "ListState", as_json: bool) -> None:
    if as_json:
        print_json(plain(state))
        return
    for one in state.classes:
        suggested = "" if one.of.threshold is not None else " (suggested)"
        line = "" if one.used is None else f"from {one.used:5.1f}{suggested}"
        count = "?" if one.count is None else f"{one.count:,}"
        looked = one.precision.words if one.yes + one.no else ""
        say(f"{count:>9}  {utf8_safe(one.of.name):<24}  {line:<22}  {looked}".rstrip())


def plain(state: "ListState") -> dict[str, Any]:
    """A list for scripts."""
    one = state.list
    told = {"id": one.id, "name": one.name, "exclusive": one.exclusive, "applied": one.applied, "tags": one.tags}
    return {**told, "classes": [_plain_class(each) for each in state.classes]}


def _plain_class(one: "ClassState") -> dict[str, Any]:
    told = one.precision
    return {
        "name": utf8_safe(one.of.name),
        "words": utf8_safe(one.of.words),
        "threshold": one.of.threshold,
        "suggested": one.suggested,
        "used": one.used,
        "count": one.count,
        "yes": one.yes,
        "no": one.no,
        "precision": {"right": told.right, "looked_at": told.looked_at, "low": told.low, "high": told.high},
    }


def _print_pictures(page: "ClassPage", as_json: bool) -> None:
    if as_json:
        shown = [
            {"path": utf8_safe(one.record.path), "id": one.record.id, "score": one.score, "right": one.right}
            for one in page.pictures
        ]
        print_json({**_plain_class(page.state), "total": page.total, "pictures": shown})
        return
    assert page.state.used is not None
    for one in page.pictures:
        mark = {True: "✓", False: "✗", None: " "}[one.right]
        is_in = one.right if one.right is not None else one.score >= page.state.used
        say(f"{mark} {'*' if is_in else ' '} {one.score:6.1f}  {utf8_safe(one.record.path)}")
    say(f"{pictures(page.state.count or 0)} from {page.state.used:.1f}.", err=True)
