"""Arrays as one binary answer, which a browser reads without a copy.

    bytes 0..3   "ISM1"
    bytes 4..7   how long the header is: H, 32 bits
    then         the header, JSON in UTF-8, filled up with spaces so that 8 + H is a multiple of 8
    then         the arrays, each from a multiple of 8

Everything is little endian. `arrays` in the header names them: name, dtype, shape, and where they begin behind it.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"ISM1"
MEDIA_TYPE = "application/octet-stream"

_STEP = 8  # bytes
_TYPES = {"float32": "<f4", "uint32": "<u4", "uint8": "|u1"}


def packed(about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """
    Args:
        about: What else stands in the header.
        arrays: By their names, of float32, uint32 or uint8.
    """
    told, parts, offset = [], list[bytes](), 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array, _TYPES[array.dtype.name]).tobytes()
        told.append({"name": name, "dtype": array.dtype.name, "shape": list(array.shape), "offset": offset})
        parts.append(data + bytes(-len(data) % _STEP))
        offset += len(parts[-1])
    header = json.dumps({**about, "arrays": told}, ensure_ascii=True, allow_nan=False).encode()
    header += b" " * (-(len(header) + len(MAGIC) + 4) % _STEP)
    return b"".join([MAGIC, len(header).to_bytes(4, "little"), header, *parts])


def unpacked(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header and the arrays.

    Raises:
        ValueError: it is something else.
    """
    if data[:4] != MAGIC:
        raise ValueError("not a container of arrays")
    begin = 8 + int.from_bytes(data[4:8], "little")
    about: dict[str, Any] = json.loads(data[8:begin])
    arrays = {}
    for one in about.pop("arrays"):
        count = int(np.prod(one["shape"], dtype=np.int64))
        found = np.frombuffer(data, _TYPES[one["dtype"]], count, begin + one["offset"])
        arrays[one["name"]] = found.reshape(one["shape"])
    return about, arrays
