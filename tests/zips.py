"""ZIP archives for tests, honest and lying."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo


def zipped(
    members: Mapping[str, bytes], method: int = ZIP_DEFLATED, lies: Mapping[str, Mapping[str, Any]] | None = None
) -> bytes:
    """An archive of these members; what `lies` says of some of them stands in its directory, and there alone."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(ZipInfo(name, (2024, 5, 6, 7, 8, 10)), data, method)
        for info in archive.filelist:
            for attribute, value in (lies or {}).get(info.filename, {}).items():
                setattr(info, attribute, value)
    return buffer.getvalue()
