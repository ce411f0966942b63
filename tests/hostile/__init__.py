"""The hostile set: what disks and archives hold in the wild, and what is made to do harm, each with what must come of
it."""

from tests.hostile.archives import ARCHIVES
from tests.hostile.bombs import BOMBS
from tests.hostile.damaged import DAMAGED
from tests.hostile.datasets import DATASETS
from tests.hostile.harms import ARCHIVE_HARMS, ARCHIVE_LOSSES, PICTURE_HARMS
from tests.hostile.links import LINKS
from tests.hostile.names import NAMES
from tests.hostile.pictures import PICTURES

__all__ = ["ARCHIVES", "ARCHIVE_HARMS", "ARCHIVE_LOSSES", "FOLDERS", "PICTURE_HARMS"]

FOLDERS = PICTURES | DAMAGED | BOMBS | NAMES | LINKS | DATASETS
"""Kinds that are found in a folder; those of `ARCHIVES` are sources of their own."""
