"""Which files are pictures, by their names."""

import os

import pillow_heif
from PIL import Image

_EXCLUDED = {
    "EPS",  # Pillow hands it to Ghostscript: a program that is run by a file
    "IPTC",  # a container whose content is opened as any format, EPS among them
    "BUFR", "GRIB", "HDF5", "MPEG",  # recognised only, Pillow cannot draw them
    "WMF",  # drawn on Windows alone: what is found must not depend on the machine
}  # fmt: skip

Image.init()
pillow_heif.register_heif_opener()  # HEIC, what phones write; AVIF is Pillow's own
_SUFFIX_FORMATS = {
    suffix: name
    for suffix, name in Image.registered_extensions().items()
    if (name in Image.OPEN or name == "MPO") and name not in _EXCLUDED  # MPO is opened by the JPEG plugin
}

FORMATS: tuple[str, ...] = tuple(sorted(set(_SUFFIX_FORMATS.values()) & set(Image.OPEN)))
"""Pillow's names of the formats that are opened, whatever a file is called."""

RAW_SUFFIXES = frozenset({
    ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff", ".gpr", ".iiq", ".k25", ".kdc", ".mef",
    ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
})  # fmt: skip
"""Lower-case endings of file names, with the dot, of camera raw."""

SUFFIXES: frozenset[str] = frozenset(_SUFFIX_FORMATS) | RAW_SUFFIXES
"""Lower-case endings of file names, with the dot, that say a file is a picture."""

_LEFT_OUT = {
    "@eadir", "@tmp", "#recycle", "#snapshot", "__macosx", "$recycle.bin", "system volume information", "lost+found",
    "thumbs.db", "ehthumbs.db", "desktop.ini",
}  # fmt: skip


ARCHIVE_SUFFIX = ".zip"


def has_picture_suffix(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in SUFFIXES  # noqa: PTH122 - a Path for each name is slow


def suffix_of(format_name: str) -> str:
    """The ending that a file of this format gets, with the dot."""
    own = f".{format_name.lower()}"
    return own if own in SUFFIXES else next(suffix for suffix, name in _SUFFIX_FORMATS.items() if name == format_name)


def is_left_out(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or what systems keep for themselves."""
    return name.startswith(".") or name.lower() in _LEFT_OUT
