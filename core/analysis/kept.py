"""What analyses found, on disk: arrays and plain values in a folder for each version of an index. All of it can be made
again; what people decide lies in the database.
"""

import io
import json
import re
import shutil
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from core.index.index import Index
from core.storage import make_folder, write_whole

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")

type Arrays = Mapping[str, NDArray[Any]]


class Kept:
    """The files of one analysis of one version. Each is written whole; readers see the one before until then. Safe
    between threads and processes, of which one at a time writes.

    Raises `StorageFull` or `StorageUnavailable` where it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, name: str, arrays: Arrays) -> None:
        """Keep arrays together, without objects in them."""
        written = io.BytesIO()
        np.savez(written, allow_pickle=False, **dict(arrays))
        self._write(f"{_checked(name)}.npz", written.getvalue())

    def load(self, name: str) -> dict[str, NDArray[Any]] | None:
        """The arrays kept under a name; None where there are none, or what is there cannot be read."""
        try:
            data = io.BytesIO((self.folder / f"{_checked(name)}.npz").read_bytes())
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
            array: NDArray[Any] = open_memmap(self.folder / f"{_checked(name)}.npy", mode="r")  # type: ignore[no-untyped-call]
        except (OSError, ValueError, EOFError):
            return None
        return array

    def note(self, name: str, values: Any) -> None:
        """Keep plain values, as JSON has them."""
        self._write(f"{_checked(name)}.json", json.dumps(values).encode())

    def noted(self, name: str) -> Any:
        """The values kept under a name; None where there are none, or what is there cannot be read."""
        try:
            return json.loads((self.folder / f"{_checked(name)}.json").read_bytes())
        except (OSError, ValueError):
            return None

    def stamp(self, name: str) -> int:
        """Another number whenever the file of this name was written; 0 where there is none."""
        found = (self.folder / f"{_checked(name)}{suffix}" for suffix in (".npz", ".npy", ".json"))
        return max((path.stat().st_mtime_ns for path in found if path.exists()), default=0)

    def clear(self) -> None:
        """Forget all of it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self, name: str, data: bytes) -> None:
        make_folder(self.folder)
        write_whole(self.folder / name, data)


class KeptAnalyses:
    """The folders of all analyses of one index.

    Args:
        folder: `analysis` in the data folder of the collection.
    """

    def __init__(self, folder: Path, index: Index) -> None:
        self._index = index
        self._folder = folder / f"{index.engine}-{index.name}"

    def of(self, name: str, version: int | None = None) -> Kept:
        """Of this analysis, of the version in use or another.

        Raises:
            IndexUnavailable: it is not known which version is in use.
        """
        number = self._index.versions.current() if version is None else version
        return Kept(self._folder / f"{number or 1:06}" / _checked(name))

    def is_made(self, name: str) -> bool:
        """Whether there is anything of this analysis, of whatever version."""
        return any(self._folder.glob(f"*/{_checked(name)}"))

    def tidy(self) -> None:
        """Remove what was found in versions that there are no more."""
        there = {f"{version.number:06}" for version in self._index.versions.all()}
        if there and self._folder.is_dir():
            for folder in self._folder.iterdir():
                if folder.name not in there:
                    shutil.rmtree(folder, ignore_errors=True)

    def clear(self) -> None:
        """Forget all analyses, for a collection that is emptied."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name: {name!r}")
    return name
