"""The files of pictures as one ZIP archive, made while it is sent: none of it is ever in memory or on disk whole."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import IO, cast
from zipfile import ZipFile, ZipInfo

from core.errors import ImageSearchError
from core.images.files import has_picture_suffix
from core.index.records import ImageRecord
from core.search.output.export import Chosen
from core.text.names import display_name, printable

MISSING = "missing.txt"
"""The file of the archive that says what is not in it, and why."""

_PIECE = 1 << 18  # bytes
_LONGEST = 200  # bytes of a name: file systems take 255, and a number may follow
_EARLIEST, _LATEST = 315_700_000, 4_354_000_000  # seconds since the epoch: what an archive can say is 1980 to 2107
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')  # on Windows, as the next
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class _Stream:
    """A file that can only be written, and whose content is taken away as it grows."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


class Names:
    """Names for files in one folder, on any system: none twice, whatever pictures are called."""

    def __init__(self) -> None:
        self._taken = {MISSING}
        self._numbers: dict[str, int] = {}

    def give(self, record: ImageRecord) -> str:
        stem, suffix = _safe(record)
        name, first = f"{stem}{suffix}", f"{stem}{suffix}".casefold()
        while name.casefold() in self._taken:  # most systems do not tell a.PNG from A.png
            number = self._numbers[first] = self._numbers.get(first, 1) + 1
            name = f"{stem} ({number}){suffix}"
        self._taken.add(name.casefold())
        return name


def zipped(pictures: Iterable[Chosen], read: Callable[[str], bytes]) -> Iterator[bytes]:
    """The bytes of the archive. What cannot be read is listed in `MISSING`.

    Args:
        read: Gives the bytes of a record's path; one file is in memory at a time.
    """
    stream, names, missing = _Stream(), Names(), list[str]()
    archive = ZipFile(cast(IO[bytes], stream), "w")  # pictures are compressed already: stored as they are
    for line, record in pictures:
        if record is None:
            missing.append(f"{line.id}: no longer in the index.")
            continue
        try:
            data = memoryview(read(record.path))
        except ImageSearchError as error:
            missing.append(f"{printable(record.path)}: {error}")
            continue
        with archive.open(_info(names.give(record), record.mtime_ns, len(data)), "w") as file:
            for start in range(0, len(data), _PIECE):
                file.write(data[start : start + _PIECE])
                yield stream.take()
    if missing:
        archive.writestr(_info(MISSING, time.time_ns(), 0), "\n".join([*missing, ""]))
    archive.close()
    yield stream.take()


def _info(name: str, mtime_ns: int, size: int) -> ZipInfo:
    moment = time.localtime(min(max(mtime_ns // 10**9, _EARLIEST), _LATEST))
    info = ZipInfo(name, (moment.tm_year, moment.tm_mon, moment.tm_mday, moment.tm_hour, moment.tm_min, moment.tm_sec))
    info.external_attr = 0o644 << 16
    info.file_size = size
    return info


def _safe(record: ImageRecord) -> tuple[str, str]:
    """The stem and the suffix of a name that every file system takes."""
    name = _FORBIDDEN.sub("_", display_name(record.name)).strip(". ") or "picture"
    if not has_picture_suffix(name):
        name += f".{re.sub(r'\W', '', record.format).lower() or 'bin'}"
    if _DEVICES.fullmatch(name):
        name = f"_{name}"
    stem, dot, suffix = name.rpartition(".")
    suffix = f"{dot}{suffix}"
    return stem.encode()[: _LONGEST - len(suffix.encode())].decode(errors="ignore").rstrip(), suffix
