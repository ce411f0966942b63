"""What analyses found, on disk: arrays and plain values in a folder for each version of an index. All of it can be made
again; what people decide lies in the database.
"""

import io
import json
import re
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from core.index.index import Index
from core.storage import make_folder, write_whole

if TYPE_CHECKING:  # where there is no store nobody imports it
    from core.store.mirror import Mirror

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")

type Arrays = Mapping[str, NDArray[Any]]


class Kept:
    """The files of one analysis of one version. Each is written whole; readers see the one before until then. Safe
    between threads and processes, of which one at a time writes.

    Raises `StorageFull` or `StorageUnavailable` where it cannot be written, or cannot be had from the store that has
    it.

    Args:
        mirror: Of that store, where there is one.
    """

    def __init__(self, folder: Path, mirror: "Mirror | None" = None) -> None:
        self.folder, self._mirror = folder, mirror

    def save(self, name: str, arrays: Arrays) -> None:
        """Keep arrays together, without objects in them."""
        written = io.BytesIO()
        np.savez(written, allow_pickle=False, **dict(arrays))
        self._write(f"{_checked(name)}.npz", written.getvalue())

    def load(self, name: str) -> dict[str, NDArray[Any]] | None:
        """The arrays kept under a name; None where there are none, or what is there cannot be read."""
        try:
            data = io.BytesIO(self._at_hand(f"{_checked(name)}.npz").read_bytes())
            with np.load(data, allow_pickle=False) as found:
                return {key: found[key] for key in found.files}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error):
            return None

    def save_array(self, name: str, array: NDArray[Any]) -> None:
        """Keep one array, so that `map_array` can read parts of it."""
        written = io.BytesIO()
        np.save(written, array, allow_pickle=False)
        self._write(f"{_checked(name)}.npy", written.getvalue())

    def map_array(self, name: str) -> NDArray[Any] | None:
        """The array kept under a name, read from the disk where it is looked at; None as for `load`."""
        try:
            array: NDArray[Any] = open_memmap(self._at_hand(f"{_checked(name)}.npy"), mode="r")  # type: ignore[no-untyped-call]
        except (OSError, ValueError, EOFError):
            return None
        return array

    def note(self, name: str, values: Any) -> None:
        """Keep plain values, as JSON has them."""
        self._write(f"{_checked(name)}.json", json.dumps(values).encode())

    def noted(self, name: str) -> Any:
        """The values kept under a name; None where there are none, or what is there cannot be read."""
        try:
            return json.loads(self._at_hand(f"{_checked(name)}.json").read_bytes())
        except (OSError, ValueError):
            return None

    def stamp(self, name: str) -> int:
        """Another number whenever the file of this name was written; 0 where there is none."""
        found = [self.folder / f"{_checked(name)}{suffix}" for suffix in (".npz", ".npy", ".json")]
        if self._mirror:
            return self._mirror.version(*found)
        return max((path.stat().st_mtime_ns for path in found if path.exists()), default=0)

    def clear(self) -> None:
        """Forget all of it."""
        if self._mirror:
            self._mirror.remove_below(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    def names(self, pattern: str) -> list[str]:
        """The names, with their suffixes, of the files that fit a pattern, those written last first."""
        if self._mirror:
            there = {one.path: one.changed for one in self._mirror.found(self.folder) if one.path.match(pattern)}
        else:
            there = {}
            for path in self.folder.glob(pattern):
                with suppress(FileNotFoundError):  # another process was faster
                    there[path] = path.stat().st_mtime
        return [path.name for path in sorted(there, key=lambda path: there[path], reverse=True)]

    def remove(self, names: Iterable[str]) -> None:
        """Remove files; whoever still reads one keeps it open."""
        paths = [self.folder / name for name in names]
        if self._mirror:
            self._mirror.remove(paths)
            return
        for path in paths:
            path.unlink(missing_ok=True)

    def of_other_versions(self) -> Iterator["Kept"]:
        """The same analysis of the other versions that it is kept of."""
        versions = self.folder.parents[1]
        if self._mirror:
            names = {one.path.relative_to(versions).parts[0] for one in self._mirror.found(versions)}
        else:
            names = {path.parent.name for path in versions.glob(f"*/{self.folder.name}")}
        for name in sorted(names - {self.folder.parent.name}):
            yield Kept(versions / name / self.folder.name, self._mirror)

    def _at_hand(self, name: str) -> Path:
        """Where the file of this name is, if there is one: as the store has it, where there is one."""
        path = self.folder / name
        if self._mirror:
            self._mirror.fresh(path)
        return path

    def _write(self, name: str, data: bytes) -> None:
        if self._mirror:
            self._mirror.write(self.folder / name, data)
            return
        make_folder(self.folder)
        write_whole(self.folder / name, data)


class KeptAnalyses:
    """The folders of all analyses of one index.

    Args:
        folder: `analysis` in the data folder of the collection.
        mirror: Of the store that has them, where there is one.
    """

    def __init__(self, folder: Path, index: Index, mirror: "Mirror | None" = None) -> None:
        self._index, self._mirror = index, mirror
        self._folder = folder / f"{index.engine}-{index.name}"

    def of(self, name: str, version: int | None = None) -> Kept:
        """Of this analysis, of the version in use or another.

        Raises:
            IndexUnavailable: it is not known which version is in use.
        """
        number = self._index.versions.current() if version is None else version
        return Kept(self._folder / f"{number or 1:06}" / _checked(name), self._mirror)

    def is_made(self, name: str) -> bool:
        """Whether there is anything of this analysis, of whatever version."""
        if self._mirror:
            return any(one.path.parent.name == _checked(name) for one in self._mirror.found(self._folder))
        return any(self._folder.glob(f"*/{_checked(name)}"))

    def tidy(self) -> None:
        """Remove what was found in versions that there are no more."""
        there = {f"{version.number:06}" for version in self._index.versions.all()}
        if there and self._mirror:
            found = [one.path for one in self._mirror.found(self._folder)]
            self._mirror.remove(path for path in found if path.relative_to(self._folder).parts[0] not in there)
        if there and self._folder.is_dir():
            for folder in self._folder.iterdir():
                if folder.name not in there:
                    shutil.rmtree(folder, ignore_errors=True)

    def clear(self) -> None:
        """Forget all analyses, for a collection that is emptied."""
        if self._mirror:
            self._mirror.remove_below(self._folder)
        shutil.rmtree(self._folder, ignore_errors=True)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name: {name!r}")
    return name
