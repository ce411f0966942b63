"""Embeddings of a model that is not in use yet, on disk until all are there."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

import numpy as np

from core.index.index import ModelStamp
from core.storage import make_folder, writing_in
from core.vectors import Embedding, Embeddings, check_embeddings

_HASH_BYTES = 32
_FLOAT_BYTES = 4


class Staging:
    """Keeps `Replacements`: two files that grow, one of vectors and one of content hashes; for one writer.

    What was added is there after a crash: a hash is written when its vector is safely on disk, and what was cut short
    is cut off at the next start.

    Args:
        folder: Of one index; what is kept there for other models is not looked at.

    Raises:
        StorageFull, StorageUnavailable: the folder cannot be written.
    """

    def __init__(self, folder: Path, stamp: ModelStamp) -> None:
        make_folder(folder)
        name = f"{stamp.model_id.replace('/', '-')}-{stamp.dims}-{stamp.preprocessing}"
        self._dims = stamp.dims
        self._vectors, self._hashes = folder / f"{name}.vectors", folder / f"{name}.hashes"
        with writing_in(folder):
            self._places = self._read()
            self._open_vectors: IO[bytes] = self._vectors.open("ab")
            self._open_hashes: IO[bytes] = self._hashes.open("ab")

    def __contains__(self, content_hash: object) -> bool:
        return isinstance(content_hash, str) and bytes.fromhex(content_hash) in self._places

    def __len__(self) -> int:
        return len(self._places)

    def add(self, content_hashes: Sequence[str], embeddings: Embeddings) -> None:
        """
        Args:
            content_hashes: n of them; those that are there already are left as they are.
            embeddings: An array of shape `(n, dims)`.

        Raises:
            StorageFull, StorageUnavailable: they cannot be written.
            InvalidEmbedding: a row is not finite, has length zero, or the wrong dims; nothing was kept.
        """
        new = list({one: at for at, one in enumerate(content_hashes) if one not in self}.values())
        if not new:
            return
        check_embeddings(embeddings, self._dims)
        keys = [bytes.fromhex(content_hashes[at]) for at in new]
        with writing_in(self._vectors.parent):
            append(self._open_vectors, np.ascontiguousarray(embeddings[new], np.float32).tobytes())
            append(self._open_hashes, b"".join(keys))
        first = len(self._places)
        self._places |= {key: first + at for at, key in enumerate(keys)}

    def rows(self, content_hashes: Sequence[str]) -> Embeddings:
        if not content_hashes:
            return np.empty((0, self._dims), np.float32)
        kept = np.memmap(self._vectors, np.float32, "r", shape=(len(self._places), self._dims))
        return np.asarray(kept[[self._places[bytes.fromhex(one)] for one in content_hashes]])

    def by_content(self, content_hashes: Iterable[str]) -> dict[str, Embedding]:
        """Of those that are there."""
        there = [one for one in content_hashes if one in self]
        return dict(zip(there, self.rows(there), strict=True))

    def close(self) -> None:
        self._open_vectors.close()
        self._open_hashes.close()

    def remove(self) -> None:
        """Delete it, and what is kept beside it of other models."""
        self.close()
        for file in self._vectors.parent.iterdir():
            file.unlink(missing_ok=True)
        self._vectors.parent.rmdir()

    def _read(self) -> dict[bytes, int]:
        """The place of each hash; of both files what has no counterpart is cut off."""
        width = _FLOAT_BYTES * self._dims
        whole = min(_size(self._hashes) // _HASH_BYTES, _size(self._vectors) // width)
        for file, length in ((self._hashes, whole * _HASH_BYTES), (self._vectors, whole * width)):
            if _size(file) > length:
                os.truncate(file, length)
        data = self._hashes.read_bytes() if whole else b""
        return {data[at * _HASH_BYTES : (at + 1) * _HASH_BYTES]: at for at in range(whole)}


def append(file: IO[bytes], data: bytes) -> None:
    """Safely on disk when it returns."""
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
