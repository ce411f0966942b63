"""Records that no file stands behind."""

from typing import Any

from core.images.describe import content_hash
from core.index.records import ImageRecord, record_id


def a_record(name: str = "dune.jpg", folder: str = "/pictures", **fields: Any) -> ImageRecord:
    path = f"{folder}/{name}"
    known: dict[str, Any] = {
        "id": record_id(path),
        "path": path,
        "name": name,
        "content_hash": content_hash(path.encode(errors="surrogateescape")),
        "size": 1234,
        "mtime_ns": 1_700_000_000 * 10**9,
        "width": 640,
        "height": 480,
        "format": "JPEG",
    }
    return ImageRecord(**known | fields)
