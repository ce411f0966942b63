"""What keeps files from being written or read."""

from pathlib import Path

from core.errors import ImportRefused
from core.text.names import printable

EXPORT_AGAIN = "Export the collection again."


def refused(file: Path, reason: str, remedy: str = EXPORT_AGAIN) -> ImportRefused:
    """The error for a file that is not imported: `/tmp/x/records-00001.parquet is incomplete.`"""
    return ImportRefused(f"{printable(file)} {reason}.", f"{remedy} Nothing was imported.")
