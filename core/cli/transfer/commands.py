"""Commands that take a collection to files and back, and the data folder to a copy."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from filelock import Timeout
from typer.core import TyperCommand

from core.cli.console import AsJson, app, console, expected_errors, open_services, print_json, say
from core.cli.ingest import INTERRUPTED, TERMINATED, Terminated, bar, open_library, stopped_by_term
from core.runtime.files import is_folder
from core.text.command import command
from core.text.words import counted, file_size, pictures

if TYPE_CHECKING:
    from core.ingest.library import Library
    from core.services import Services
    from core.transfer.exporting import Collection
    from core.transfer.importing import Importing

_LOOK_EVERY = 0.5  # seconds


@app.command(name="export")
@expected_errors
def export_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", show_default=False, help="A new or an empty folder.")],
    as_json: AsJson = False,
) -> None:
    """Export the collection as Parquet: records, embeddings, tags, saved searches. Stopped, it continues when it is
    run again."""
    from core.transfer.exporting import export
    from core.transfer.stamp import read_stamp

    with open_library() as library, _until_stopped(f"export {folder}"), bar() as shown:
        task = shown.add_task("Exporting", total=None)
        for moved in export(_collection(open_services(), library), folder):
            shown.update(task, completed=moved.done, total=moved.total or None)
    stamp = read_stamp(folder)
    size = sum(file.size for file in stamp.files)
    records, searches = stamp.rows("records"), stamp.rows("searches")
    if as_json:
        said = {"pictures": records, "searches": searches, "model": stamp.model.model_id}
        print_json({**said, "folder": str(folder), "files": len(stamp.files), "bytes": size})
        return
    kept = f" and {counted(searches, 'saved search', 'saved searches')}" if searches else ""
    say(f"Exported {pictures(records)}{kept} to {folder} ({file_size(size)}).")


@app.command(name="import")
@expected_errors
def import_command(
    path: Annotated[
        Path,
        typer.Argument(metavar="PATH", show_default=False, help="An exported folder, or a Parquet file of vectors."),
    ],
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", show_default=False, help="Of vectors: the model that made them."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import an exported collection, or vectors that another program made. All is verified first; pictures that are
    in the collection are updated."""
    from core.errors import ImportRefused
    from core.transfer.importing import import_export, in_words
    from core.transfer.vectors import import_vectors, is_known

    if is_folder(path) and model:
        raise ImportRefused("An exported collection says itself which model made it.", "Leave out --model.")
    if not is_folder(path) and not model:
        raise ImportRefused(
            f"{path} is not a folder of an exported collection.", "Name one, or the model of vectors with --model."
        )
    services = open_services()
    with open_library() as library, _alone(library), _until_stopped(f"import {path}"):
        if model:
            done = _followed(import_vectors(path, model, services.index))
        else:
            done = _followed(import_export(path, _collection(services, library), services.settings.model_id))
    if as_json:
        counts = {name: value for name, value in asdict(done).items() if name not in ("phase", "done", "total")}
        print_json({"pictures": done.done, **counts})
    else:
        say(in_words(done))
    if model and not is_known(model):
        console().print(
            f"This app does not have the model {model}: search with pictures of the collection. Words and other "
            f"pictures can be searched for after {command('reembed')}.",
            soft_wrap=True,
            highlight=False,
        )


@app.command(name="snapshot", cls=TyperCommand)
@expected_errors
def snapshot_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", show_default=False, help="A new folder.")],
    as_json: AsJson = False,
) -> None:
    """Copy the data folder as it is now, also while the app runs. The copy is a data folder itself."""
    from core.config import Settings
    from core.transfer.snapshot import database_file, snapshot

    settings, files, size = Settings.load(), 0, 0
    try:
        with stopped_by_term(), bar() as shown:
            task = shown.add_task("Copying", total=None)
            for file in snapshot(settings, folder):
                files, size = files + 1, size + file.stat().st_size
                shown.update(task, completed=files)
    except KeyboardInterrupt as stopped:
        raise typer.Exit(TERMINATED if isinstance(stopped, Terminated) else INTERRUPTED) from None
    left = [*(["the index in Elasticsearch"] if settings.uses_elasticsearch else [])]
    left += [] if database_file(settings) else ["the job database"]
    if as_json:
        print_json({"folder": str(folder), "files": files, "bytes": size, "left_out": left})
        return
    say(f"Copied {counted(files, 'file')} to {folder} ({file_size(size)}).")
    if left:
        say(
            f"Not in it: {' and '.join(left)}, which {'has' if len(left) == 1 else 'have'} backups of their own.",
            err=True,
        )


def _collection(services: "Services", library: "Library") -> "Collection":
    from core.transfer.exporting import Collection

    return Collection(services.index, services.saved, library.journal.sources)


def _followed(steps: "Iterator[Importing]") -> "Importing":
    """The last of the steps; each is shown."""
    with bar() as shown:
        task = shown.add_task("", total=None)
        for at in steps:
            shown.update(task, description=at.phase, completed=at.done, total=at.total or None)
    return at


@contextmanager
def _alone(library: "Library") -> Iterator[None]:
    """While nobody else fills the index."""
    told, lock = False, library.new_lock()
    while True:
        try:
            lock.acquire(timeout=_LOOK_EVERY)
        except Timeout:
            if not told:
                say("Waiting for another process that is writing to the same index.", err=True)
            told = True
        else:
            break
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _until_stopped(again: str) -> Iterator[None]:
    """Ctrl-C and SIGTERM end it; what is done is kept."""
    try:
        yield
    except KeyboardInterrupt as stopped:
        console().print(f"Stopped. To continue: {command(again)}", soft_wrap=True, highlight=False)
        raise typer.Exit(TERMINATED if isinstance(stopped, Terminated) else INTERRUPTED) from None
