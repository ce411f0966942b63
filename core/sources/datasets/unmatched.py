"""Pictures and annotations of a dataset that do not go together: what is named and missing, and what is not named."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence

from core.errors import ImageSearchError
from core.sources.datasets.splits import parts
from core.sources.source import Skipped, no_picture
from core.text.names import printable
from core.text.words import pictures

ALONE = "Annotations without their picture: no picture here has this name."
_TOLD = 3  # examples
# Read as a whole, a large file would take as long as all its boxes; other files of COCO's form name pictures elsewhere.
_FILE_NAME = re.compile(rb'"file_name"\s*:\s*("(?:[^"\\]|\\.)*")')


class Unmatched:
    """Notes what a scan meets, of datasets only; memory grows with their pictures.

    Args:
        read: The content of an annotations file.
    """

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self._read = read
        self._xml: dict[str, bool] = {}
        self._coco: dict[str, set[str]] = {}
        """Of each file in COCO's form the names of the pictures that it may be about."""
        self._beside: dict[tuple[str, ...], dict[str, str]] = {}
        """Of the files that are about the same pictures, the paths of these by name."""

    def picture(self, path: str, xml: str, coco: tuple[str, ...]) -> None:
        """A picture, and the annotations that may be about it."""
        if xml:
            self._xml[xml] = True
        if coco:
            name = _name(path)
            self._beside.setdefault(coco, {})[name] = path
            for file in coco:
                self._coco.setdefault(file, set()).add(name)

    def xml(self, path: str) -> None:
        """A file of one picture."""
        self._xml.setdefault(path, False)

    def coco(self, path: str) -> None:
        """A file of many."""
        self._coco.setdefault(path, set())

    def told(self) -> Iterator[Skipped]:
        """What does not go together, in a line for each file of annotations."""
        yield from (no_picture(xml, ALONE) for xml, is_used in self._xml.items() if not is_used)
        listed = {file: names for file in self._coco if (names := self._listed(file))}
        for file, names in listed.items():
            said = [_missing(names - self._coco[file])]
            for group, beside in self._beside.items():
                if group[0] == file and all(one in listed for one in group):
                    known = set[str]().union(*(listed[one] for one in group))
                    said.append(_unnamed([path for name, path in beside.items() if name not in known]))
            if reason := " ".join(filter(None, said)):
                yield no_picture(file, reason)

    def _listed(self, file: str) -> set[str]:
        try:
            found = _FILE_NAME.finditer(self._read(file))
            return {_name(str(json.loads(one[1])).replace("\\", "/")) for one in found}
        except (ImageSearchError, ValueError):  # which is said with each picture
            return set()


def _name(path: str) -> str:
    return next(reversed(parts(path)), "")


def _missing(names: Collection[str]) -> str:
    return f"Lists {pictures(len(names))} that {_are(names)} missing: {_examples(sorted(names))}." if names else ""


def _unnamed(paths: Sequence[str]) -> str:
    if not paths:
        return ""
    return f"Does not list {pictures(len(paths))} that {_are(paths)} here: {_examples(sorted(map(_name, paths)))}."


def _are(some: Collection[str]) -> str:
    return "is" if len(some) == 1 else "are"


def _examples(names: Sequence[str]) -> str:
    return ", ".join(map(printable, names[:_TOLD])) + (", …" if len(names) > _TOLD else "")
