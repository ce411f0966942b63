"""The versions of an embedded index: tables beside each other, and the file that says which is in use."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import VersionRefused
from core.index.index import ModelStamp
from core.index.lance.history.update import LanceUpdate
from core.index.lance.place import Place
from core.index.lance.rows import new_schema, stamp_of
from core.index.pointer import Entry, Manifest
from core.index.versions import Room, State, Version
from core.text.command import command

if TYPE_CHECKING:
    from core.index.lance.engine import LanceIndex

_OTHER_BYTES = 1_500
"""Of a row, beside its vector, with the indices of its columns."""

_VECTOR_SHARE = 1.25  # its index takes a seventh of the vectors, and is built beside the one before


class LanceVersions:
    """Keeps `Versions`."""

    def __init__(self, index: "LanceIndex") -> None:
        self._index = index

    def all(self) -> list[Version]:
        with self._index.translate_errors():
            manifest = self._index.pointer.read()
            return [
                version
                for number, entry in sorted(manifest.entries.items())
                if not entry.going and (version := self._version(number, entry, manifest)) is not None
            ]

    def current(self) -> int | None:
        with self._index.translate_errors():
            place = self._place(self._index.pointer.read().current)
            return None if place.open(self._index.connect) is None else place.number

    def room(self, stamp: ModelStamp) -> Room:
        with self._index.translate_errors():
            count, folder = self._index.count(), self._index.folder
            needed = round(count * (4 * stamp.dims * _VECTOR_SHARE + _OTHER_BYTES))
            return Room(needed, shutil.disk_usage(folder).free if folder.is_dir() else None)

    def begin(self, stamp: ModelStamp) -> int:
        index = self._index
        index.commit(lambda table: table, tending=lambda *_: False)  # so that it has all columns
        with self._changing() as manifest:
            number = manifest.last + 1
            index.pointer.write(manifest.with_entry(number, Entry(time.time(), ready=False)))
            index.connect().create_table(self._place(number).table_name, schema=new_schema(stamp), mode="overwrite")
        return number

    def open(self, number: int) -> "LanceIndex":
        with self._index.translate_errors():
            self._entry(self._index.pointer.read(), number)
        return type(self._index)(self._index.folder, self._index.base, number)

    def update(self, number: int) -> LanceUpdate:
        return LanceUpdate(self._index, self.open(number))

    def finish(self, number: int) -> None:
        with self._changing() as manifest:
            entry = self._entry(manifest, number)
            if not entry.ready:
                self._index.pointer.write(manifest.with_entry(number, replace(entry, ready=True)))

    def delete(self, number: int) -> None:
        with self._changing() as manifest:
            entry = self._entry(manifest, number, going=True)
            if number == manifest.current:
                raise VersionRefused(
                    f"Version {number} of {self._index.base} is in use.",
                    f"Swap to another one first: {command('versions swap NUMBER')}",
                )
            place = self._place(number)
            with place.readers.cleaning() as nobody_reads:
                if not nobody_reads:
                    raise VersionRefused(f"Somebody is reading version {number}.", "Try again in a moment.")
                # First noted: where it is killed in between it is no version any more, and removed the next time.
                self._index.pointer.write(manifest.with_entry(number, replace(entry, going=True)))
                remove_folder(place.path)
            self._index.pointer.write(manifest.with_entry(number, None))
            with suppress(OSError):
                place.lock.unlink(missing_ok=True)

    @contextmanager
    def _changing(self) -> Iterator[Manifest]:
        """What the file says, which nobody changes meanwhile; nor is the version in use written to."""
        with self._index.translate_errors(), self._index.writing():
            manifest = self._index.pointer.read()
            yield self._without_remains(manifest)

    def _without_remains(self, manifest: Manifest) -> Manifest:
        """Deletes what was about to be deleted when a process was killed."""
        for number, entry in manifest.entries.items():
            if entry.going and number != manifest.current:
                remove_folder(self._place(number).path)
                manifest = manifest.with_entry(number, None)
                self._index.pointer.write(manifest)
        return manifest

    def _place(self, number: int) -> Place:
        return Place(self._index.folder, self._index.base, number)

    def _entry(self, manifest: Manifest, number: int, *, going: bool = False) -> Entry:
        entry = manifest.entries.get(number)
        if entry is None or (entry.going and not going):
            raise VersionRefused(
                f"There is no version {number} of {self._index.base}.", f"List them: {command('versions')}"
            )
        return entry

    def _version(self, number: int, entry: Entry, manifest: Manifest) -> Version | None:
        """None where its table is not there: nothing is in the index yet, or what made it was killed."""
        place = self._place(number)
        if number != manifest.current and not place.path.is_dir():
            return None
        table = place.open(self._index.connect)
        if table is None:
            return None
        name, stamp, count = f"{self._index.base}-{number:06}", stamp_of(table.schema), int(table.count_rows())
        state = _state(number, entry, manifest)
        return Version(number, name, state, stamp, count, _size(place.path), entry.made_at, entry.retired_at)


def _state(number: int, entry: Entry, manifest: Manifest) -> State:
    if number == manifest.current:
        return "current"
    if entry.retired_at is not None:
        return "retired"
    return "ready" if entry.ready else "building"


def _size(folder: Path) -> int:
    """Bytes of all files in a folder."""
    total = 0
    for parent, _, files in os.walk(folder):
        for name in files:
            with suppress(OSError):  # merged away meanwhile
                total += (Path(parent) / name).stat().st_size
    return total


def remove_folder(folder: Path) -> None:
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
