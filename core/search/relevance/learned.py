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

from core.errors import StorageUnavailable
from core.index.index import Index
from core.storage import write_whole

_SOURCES = ("ranking/collapse", "examples", "relevance/scores", "relevance/bands", "relevance/theme")
"""The modules of this package that say how things are learned: what another version has learned is learned again."""
_SEAL = 32  # bytes before the rest: its hash, so that what is broken or half written is known for it


def learned_file(folder: Path, kind: str, index: Index, edition: str) -> Path:
    """Where it is kept.

    Args:
        kind: What is learned, as the end of a file's name.
        edition: Of what it is learned with.
    """
    place = f"{edition} {index.engine} {index.location} {index.name}"
    return folder / f"{hashlib.sha256(place.encode(errors='surrogateescape')).hexdigest()[:32]}.{kind}"


def read_learned[T](kind: type[T], file: Path, revision: str) -> T | None:
    """None where there is none, or none of this revision of the index, learned as it is now.

    Args:
        kind: A data class of arrays, numbers, tuples of numbers and others of its kind.
    """
    try:
        with file.open("rb") as stream:
            seal, data = stream.read(_SEAL), stream.read()
        if seal != _seal(data):
            return None
        source = BytesIO(data)
        if str(np.load(source, allow_pickle=False)) != f"{edition()} {revision}":
            return None
        learned: T = _rebuilt(kind, source)
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return learned


def write_learned(file: Path, revision: str, learned: object) -> None:
    """A full disk costs the time to learn it again, no more."""
    target = BytesIO()
    for leaf in (np.array(f"{edition()} {revision}"), *leaves(learned)):
        np.save(target, leaf, allow_pickle=False)
    data = target.getvalue()
    with suppress(StorageUnavailable):
        write_whole(file, _seal(data) + data)


def _seal(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_SEAL).digest()


@cache
def edition() -> str:
    """The edition of how it is learned."""
    sources = [(Path(__file__).parents[1] / f"{name}.py").read_bytes() for name in _SOURCES]
    return hashlib.sha256(b"".join(sources)).hexdigest()


def leaves(value: Any) -> Iterator[np.ndarray]:
    """What a dataclass consists of, as arrays."""
    if is_dataclass(value):
        for field in fields(value):
            yield from leaves(getattr(value, field.name))
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
