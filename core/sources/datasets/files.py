"""What datasets need to know of the files of a source."""

import os
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from core.images.files import has_picture_suffix
from core.sources.datasets.datafile import NAME_FILES, YAML
from core.sources.datasets.splits import Tree

SUFFIXES = (".txt", *YAML, ".json", ".xml", ".names", ".labels")
"""How files that are part of datasets end, beside pictures; in lower case."""

_ANNOTATIONS = ("annotations", "annotation", "xml", "xmls", "labels")
_MAX_NAMES = 200


class Listing(NamedTuple):
    """What is in a folder, as far as it says where datasets are."""

    data: tuple[str, ...] = ()
    """Names of files that may be about several pictures."""
    folders: tuple[str, ...] = ()
    """Names of folders in which annotations may be."""
    has_xml: bool = False


class DatasetFiles(Tree, Protocol):
    """The files of a source. Paths begin with its location; nothing outside it is asked for."""

    def listing(self, folder: str) -> Listing: ...

    def read(self, path: str, most: int) -> bytes:
        """The content, or so many bytes and more of a larger file.

        Raises:
            UnreadableImage: it cannot be read.
        """
        ...

    def head(self, path: str, size: int) -> bytes:
        """The first bytes; none where it cannot be read."""
        ...


def is_part(name: str) -> bool:
    """Whether a file of this name may be part of a dataset, without being a picture."""
    return name.lower().endswith(SUFFIXES)


def listing_of(entries: Iterable[tuple[str, bool]]) -> Listing:
    """What names say.

    Args:
        entries: Names, and whether each is a folder's.
    """
    data, folders, has_xml = list[str](), list[str](), False
    for name, is_folder in entries:
        lower = name.lower()
        if is_folder:
            folders += [name] if lower in _ANNOTATIONS else []
        elif lower.endswith(".xml"):
            has_xml = True
        elif lower.endswith(YAML) or lower in NAME_FILES or _is_json(lower):
            data.append(name)
    if not (data or folders or has_xml):
        return _NOTHING
    return Listing(tuple(sorted(data, key=_likeliest)[:_MAX_NAMES]), tuple(folders), has_xml)


_NOTHING = Listing()  # one for all the folders that are no part of a dataset


def _is_json(name: str) -> bool:
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - a name, not a path
    return suffix == ".json" and not has_picture_suffix(stem)  # `x.jpg.json` goes with one picture


def _likeliest(name: str) -> tuple[bool, str]:
    words = ("instances", "annotations", "coco", "labels", "train", "val", "test", "data")
    return not any(word in name.lower() for word in words), name
