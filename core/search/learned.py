"""What was learned of a collection, kept in a file for the next process: the same until the index changes."""

import hashlib
import typing
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from core.search import collapse, scores, theme
from core.search.scores import Calibration

_SEAL = 32  # bytes before the rest: its hash, so that what is broken or half written is known for it


def read_learned(file: Path, revision: str) -> Calibration | None:
    """None where there is none, or none of this revision of the index, learned as it is now."""
    try:
        with file.open("rb") as stream:
            seal, data = stream.read(_SEAL), stream.read()
        if seal != _seal(data):
            return None
        source = BytesIO(data)
        if str(np.load(source, allow_pickle=False)) != f"{_edition()} {revision}":
            return None
        calibration: Calibration = _rebuilt(Calibration, source)
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return calibration


def write_learned(file: Path, revision: str, calibration: Calibration) -> None:
    """A full disk costs the time to learn it again, no more."""
    target = BytesIO()
    for leaf in (np.array(f"{_edition()} {revision}"), *_leaves(calibration)):
        np.save(target, leaf, allow_pickle=False)
    data = target.getvalue()
    part = file.with_suffix(f".{hashlib.sha256(data).hexdigest()[:16]}.part")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(_seal(data) + data)
        part.replace(file)


def _seal(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_SEAL).digest()


@cache
def _edition() -> str:
    """Of how it is learned."""
    sources = [Path(str(module.__file__)).read_bytes() for module in (scores, theme, collapse)]
    return hashlib.sha256(b"".join(sources)).hexdigest()


def _leaves(value: Any) -> Iterator[np.ndarray]:
    if is_dataclass(value):
        for field in fields(value):
            yield from _leaves(getattr(value, field.name))
    else:
        yield np.asarray(value)


def _rebuilt(kind: Any, source: BytesIO) -> Any:
    if is_dataclass(kind):
        types = typing.get_type_hints(kind)
        return kind(*(_rebuilt(types[field.name], source) for field in fields(kind)))  # type: ignore[operator]
    leaf = np.load(source, allow_pickle=False)
    if kind is float:
        return float(leaf)
    return tuple(map(float, leaf)) if typing.get_origin(kind) is tuple else leaf
