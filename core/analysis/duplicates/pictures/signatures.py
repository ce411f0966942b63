"""What the duplicates of a picture are found by, kept for each content: patches of its thumbnail, and the hash of what
is within a frame.

Kept in pieces of some thousand pictures, each written once: a scan that was broken off goes on behind the last, and
what is ingested later takes a piece of its own. It is the same for all versions of an index: the pixels are.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import batched

import numpy as np
from numpy.typing import NDArray

from core.analysis.duplicates.pictures.features import COUNT, NONE, SMALL, Patches, open_grey, patches
from core.analysis.duplicates.pictures.inside import inside_hash
from core.analysis.kept import Kept
from core.images.phash import Hashes, packed
from core.images.thumbnails import Thumbnails

FORMAT = 2
"""Part of the files' names: raised when patches are found otherwise."""

PIECE = 4_096
"""Pictures of a file."""

_AT_ONCE = 64  # pictures, between two reports
_THREADS = 2
_GRID = 65_535 / SMALL  # how finely the places of patches are kept

_ROW = np.dtype(
    [
        ("digest", np.uint8, 32),
        ("seen", np.bool_),
        ("count", np.uint8),
        ("points", np.uint16, (COUNT, 2)),
        ("bits", np.uint8, (COUNT, 32)),
        ("inside", np.uint64, 4),
    ]
)


class Signatures:
    """Of the contents of one version; those that were made are found by their hashes.

    Args:
        kept: Of this version.
    """

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._pieces: list[NDArray[np.void]] = []
        self._place: dict[bytes, tuple[int, int]] = {}
        for name in self._names(kept):
            if (piece := kept.map_array(name)) is not None and piece.dtype == _ROW:
                self._take(piece)

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._place

    def take_over(self, others: Iterable[Kept]) -> None:
        """Take what other versions have, where this one has nothing yet."""
        if self._pieces:
            return
        for other in others:
            for name in self._names(other):
                if (piece := other.map_array(name)) is not None and piece.dtype == _ROW:
                    self._kept.save_array(name, piece)
                    self._take(piece)
            if self._pieces:
                return

    def make(self, digests: Sequence[bytes], thumbnails: Thumbnails) -> Iterator[int]:
        """Look at the thumbnails of these contents; yields how many were looked at, again and again."""
        done = 0
        with ThreadPoolExecutor(_THREADS, "signatures") as pool:
            for piece in batched([digest for digest in digests if digest not in self._place], PIECE):
                rows = np.zeros(len(piece), _ROW)
                rows["digest"] = np.frombuffer(b"".join(piece), np.uint8).reshape(-1, 32)
                for places in batched(range(len(piece)), _AT_ONCE):
                    found = pool.map(lambda place: _look(thumbnails, piece[place].hex()), places)  # noqa: B023
                    for place, own in zip(places, found, strict=True):
                        _put(rows[place], own)
                    done += len(places)
                    yield done
                rows = rows[rows["seen"]]  # of others there is nothing to keep
                if not len(rows):
                    continue
                name = f"patches{FORMAT}-{len(self._pieces):06}"
                self._kept.save_array(name, rows)
                kept = self._kept.map_array(name)
                self._take(rows if kept is None else kept)

    def seen(self, digest: bytes) -> bool:
        """Whether there was a thumbnail to look at."""
        row = self._row(digest)
        return row is not None and bool(row["seen"])

    def patches(self, digest: bytes) -> Patches:
        row = self._row(digest)
        if row is None or not row["count"]:
            return NONE
        count = int(row["count"])
        return Patches(np.asarray(row["points"][:count], np.float32) / _GRID, np.array(row["bits"][:count]))

    def insides(self, digests: Sequence[bytes]) -> tuple[NDArray[np.int64], Hashes]:
        """Of those of these contents within which there is another picture, the places, and that picture's hashes."""
        order = {digest: place for place, digest in enumerate(digests)}
        places, hashes = [np.empty(0, np.int64)], [np.empty((0, 4), np.uint64)]
        for piece in self._pieces:
            has = np.flatnonzero(np.asarray(piece["inside"]).any(axis=1))
            at = np.array([order.get(piece["digest"][row].tobytes(), -1) for row in has.tolist()], np.int64)
            places.append(at[at >= 0])
            hashes.append(np.asarray(piece["inside"][has[at >= 0]]))
        return np.concatenate(places), np.concatenate(hashes)

    def words(self, digests: Sequence[bytes]) -> Iterator[tuple[NDArray[np.int32], NDArray[np.uint8]]]:
        """All patches of these contents, in parts: the place of the content that each is of, and its bits."""
        order = {digest: place for place, digest in enumerate(digests)}
        for piece in self._pieces:
            places = np.array([order.get(digest.tobytes(), -1) for digest in piece["digest"]], np.int32)
            chosen = np.flatnonzero(places >= 0)
            if not len(chosen):
                continue
            counts = np.asarray(piece["count"][chosen], np.int64)
            there = np.arange(COUNT) < counts[:, None]
            yield np.repeat(places[chosen], counts), np.asarray(piece["bits"][chosen])[there]

    def _row(self, digest: bytes) -> np.void | None:
        if (place := self._place.get(digest)) is None:
            return None
        row: np.void = self._pieces[place[0]][place[1]]
        return row

    def _take(self, piece: NDArray[np.void]) -> None:
        number = len(self._pieces)
        self._pieces.append(piece)
        for place, digest in enumerate(np.array(piece["digest"])):
            self._place.setdefault(digest.tobytes(), (number, place))

    @staticmethod
    def _names(kept: Kept) -> list[str]:
        return sorted(name.removesuffix(".npy") for name in kept.names(f"patches{FORMAT}-*.npy"))


def _look(thumbnails: Thumbnails, content_hash: str) -> tuple[Patches, str] | None:
    """None where there is no thumbnail, or it is damaged."""
    data = thumbnails.read(content_hash)
    image = open_grey(data) if data else None
    whole = open_grey(data, half=False) if data and image is not None else None
    return None if image is None or whole is None else (patches(image), inside_hash(whole))


def _put(row: np.void, found: tuple[Patches, str] | None) -> None:
    if found is None:
        return
    own, inside = found
    row["inside"] = packed([inside])[0]
    count = min(len(own.bits), COUNT)
    row["seen"], row["count"] = True, count
    row["points"][:count] = np.clip(own.points[:count] * _GRID, 0, 65_535).astype(np.uint16)
    row["bits"][:count] = own.bits[:count]
