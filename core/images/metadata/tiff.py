"""The directories that TIFF files and EXIF blocks consist of, read so that small ones stay small in memory."""

import os
from collections.abc import Iterable
from typing import IO

from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

_load = ImageFileDirectory_v2.load


class _Rationed:
    """A file that gives no more than twice the bytes it has.

    Pillow copies every value of a directory when it opens a picture. The values of an honest file lie apart; where
    thousands share the same bytes, 780 kB took 3.5 GB. `OSError` is what Pillow meets at the end of a file that is cut
    short: it goes on with the values read so far.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.seek, self.tell, self._read = file.seek, file.tell, file.read
        place = file.tell()
        self._left = 2 * file.seek(0, os.SEEK_END)
        file.seek(place)

    def read(self, size: int = -1) -> bytes:
        data = self._read(size)
        self._left -= len(data)
        if self._left < 0:
            raise OSError("The values of a directory overlap.")
        return data


def _load_rationed(directory: ImageFileDirectory_v2, file: IO[bytes]) -> None:
    _load(directory, _Rationed(file))  # type: ignore[arg-type]


ImageFileDirectory_v2.load = _load_rationed  # type: ignore[method-assign, assignment]  # for all who open pictures


def read_directory(exif: Image.Exif, tag: int, wanted: Iterable[int]) -> dict[int, object]:
    """Those of the wanted values that are in a directory which an EXIF block points to, as `IFD.Exif` or `IFD.GPSInfo`.

    `Exif.get_ifd` decodes whatever is there: 63 kB of hostile values took it 26 s and 2.6 GB.

    Raises:
        Exception: whatever Pillow raises for corrupt bytes.
    """
    return read_directory_at(exif, exif.get(tag), tag, wanted)


def read_directory_at(exif: Image.Exif, place: object, tag: int, wanted: Iterable[int]) -> dict[int, object]:
    """As `read_directory`, of the directory at a place within the block."""
    if not isinstance(place, int):
        return {}
    directory = ImageFileDirectory_v2(exif.head, group=tag)
    exif.fp.seek(place)
    directory.load(exif.fp)
    return {key: _single(directory[key]) for key in wanted if key in directory}


def _single(value: object) -> object:
    """Tags without a length of their own are read as tuples, of one text too."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value
