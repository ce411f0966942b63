"""What a ZIP holds: the members that may be read by their names, and why the others are passed over."""

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

from core.errors import Problem
from core.images.files import has_picture_suffix, is_left_out
from core.images.reading.content import MAX_BYTES
from core.sources.archives.encodings import encoding_of, is_surely_utf8
from core.sources.datasets.files import is_part
from core.sources.source import Skipped, no_picture, skipped_by_name
from core.text.names import printable


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may have; sizes are in bytes."""

    members: int = 200_000
    """All are kept in memory, about 1 kB each."""
    directory: int = 32 << 20
    """Size of the list of members: enough for so many with names of 90 bytes."""
    member: int = MAX_BYTES
    """Unpacked size of a member."""
    ratio: int = 200
    """How many times larger a member may become, and the whole; the most that deflate can do is 1032."""
    harmless: int = 32 << 20
    """Unpacked size up to which the ratio does not matter."""


@dataclass(frozen=True, slots=True)
class Members:
    """The files in an archive. Names are those of files in a folder, and each stands for one member."""

    pictures: dict[str, ZipInfo]
    texts: dict[str, ZipInfo]
    """What may be part of a dataset."""
    skipped: list[Skipped]
    """Here `path` is the name alone, as people can read it."""


_NESTED = "An archive inside the ZIP file: unpack it and index the folder."
_NO_FILE = "A link or device, not a file."
_OUTSIDE = "Its name would point outside the folder, or is not a valid file name: give it another name."
_BACKSLASHES = "Its name has backslashes, which separate folders on some systems: unpack it and index the folder."
_ENCODING = "Its name is in an unknown encoding: unpack the ZIP file and index the folder."
_REPLACED = "Replaced by a later file with the same name in the ZIP file."
_ENCRYPTED = "Encrypted: unpack the ZIP file with its password and index the folder."
_METHOD = "Compressed with a method that is not supported: unpack the ZIP file and index the folder."
_MISPLACED = (
    "Damaged, or a ZIP bomb: its data belongs to another file too, or is not in the ZIP file. Copy the ZIP file again."
)
_TOO_LARGE = "Too large: save a smaller version of it."
_BOMB = "Damaged, or a ZIP bomb: unpacked, it would be hundreds of times larger. If it is neither, unpack the ZIP file."

_DAMAGED = {_MISPLACED, _BOMB}

_ARCHIVES = {
    ".zip", ".cbz", ".jar", ".rar", ".cbr", ".7z", ".tar", ".tgz", ".gz", ".tbz2", ".bz2", ".txz", ".xz", ".zst",
}  # fmt: skip

# Not all that `zipfile` knows: nothing limits what a step of bzip2 or LZMA gives, and 4 KiB can become gigabytes.
_METHODS = {ZIP_STORED, ZIP_DEFLATED}

# Bits of the flags (APPNOTE 4.4.4) and of the attributes; the length of a member's header before its name (4.3.7).
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
_PATCH_FLAG = 0x20
_UTF8_FLAG = 0x800
_DOS_FOLDER = 0x10
_HEADER = 30

_MAX_PART, _MAX_NAME = 255, 4096  # bytes of UTF-8: what file systems hold
_DRIVE = re.compile(r"[A-Za-z]:")


def sort_out(infos: Sequence[ZipInfo], size: int, limits: Limits) -> Members:
    """Which members of an archive of this many bytes are pictures. Folders and what `is_left_out` names are left out
    without a word."""
    skipped: list[Skipped] = []
    places = _places(infos, skipped)
    misplaced = _misplaced(infos, size)
    kept: dict[str, ZipInfo] = {}
    for name, place in places.items():
        info = infos[place]
        fault = _MISPLACED if place in misplaced else _fault(info, limits)
        if rule := _rule(name, info):
            skipped.append(rule)
        elif fault:
            problem = Problem.DAMAGED if fault in _DAMAGED else None
            skipped.append(Skipped(printable(name), fault, failed=has_picture_suffix(name), problem=problem))
        else:
            kept[name] = info
    pictures = {name: info for name, info in kept.items() if has_picture_suffix(name)}
    return Members(pictures, {name: info for name, info in kept.items() if name not in pictures}, skipped)


def mtime_ns(info: ZipInfo) -> int:
    """As `Found.mtime_ns`. The date has no zone: read as UTC it is the same on every machine."""
    try:
        return int(datetime(*info.date_time, tzinfo=UTC).timestamp()) * 1_000_000_000
    except ValueError:
        return 0


def is_bomb(size: int, packed: int, limits: Limits) -> bool:
    """Whether so much comes out of so little that it was made to do harm."""
    return size > limits.harmless and size > limits.ratio * packed


def _places(infos: Sequence[ZipInfo], skipped: list[Skipped]) -> dict[str, int]:
    """Where each file is in the list. Of one name the last counts, as for `zipfile` and most that unpack."""
    places: dict[str, int] = {}
    encoding = _encoding(infos)
    for place, info in enumerate(infos):
        name = _name(info, encoding)
        parts = [part for part in name.split("/") if part not in {"", "."}]
        if _is_folder(info):
            continue
        problem = _unfit(name, parts)
        if encoding is None and not problem and _is_undeclared(info) and not is_surely_utf8(_raw(info)):
            problem = _ENCODING
        if problem:
            skipped.append(Skipped(printable(name[:_MAX_PART]), problem, failed=has_picture_suffix(name)))
        elif not any(map(is_left_out, parts)):
            name = "/".join(parts)
            if name in places:
                skipped.append(Skipped(printable(name), _REPLACED))
            places[name] = place
    return places


def _encoding(infos: Sequence[ZipInfo]) -> str | None:
    """Of the names that do not say; None where they are readable in none."""
    names = [_raw(info) for info in infos if _is_undeclared(info)]
    return encoding_of(names) if names else "ascii"


def _is_undeclared(info: ZipInfo) -> bool:
    """Whether the name is neither said to be UTF-8 nor the same in every encoding."""
    is_told = info.flag_bits & _UTF8_FLAG or info.filename != info.orig_filename or info.orig_filename.isascii()
    return not is_told and "\0" not in info.orig_filename


def _raw(info: ZipInfo) -> bytes:
    return info.orig_filename.encode("cp437")  # as which `zipfile` reads what is not said to be UTF-8


def _name(info: ZipInfo, encoding: str | None) -> str:
    if "\0" in info.orig_filename:  # where `zipfile` cuts it off
        return info.orig_filename
    if not _is_undeclared(info):
        return info.filename
    raw = _raw(info)
    own = "utf-8" if is_surely_utf8(raw) else encoding
    return raw.decode(own) if own else info.filename


def _is_folder(info: ZipInfo) -> bool:
    is_folder = bool(info.external_attr & _DOS_FOLDER) or stat.S_ISDIR(info.external_attr >> 16)
    return is_folder or info.filename.endswith("/")


def _unfit(name: str, parts: Sequence[str]) -> str:
    """Why no file in a folder can be called this; empty where one can."""
    if "\\" in name:
        return _BACKSLASHES
    leads_out = name.startswith("/") or ".." in parts or _DRIVE.match(name)
    too_long = len(name.encode()) > _MAX_NAME or any(len(part.encode()) > _MAX_PART for part in parts)
    return _OUTSIDE if not parts or leads_out or too_long or "\0" in name else ""


def _rule(name: str, info: ZipInfo) -> Skipped | None:
    """A file that is left out although nothing is wrong with it; None for others."""
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122 - a Path for each of many is slow
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
        return no_picture(printable(name), _NO_FILE)
    if suffix in _ARCHIVES:
        return no_picture(printable(name), _NESTED)
    return None if is_part(name) or has_picture_suffix(name) else skipped_by_name(printable(name))


def _fault(info: ZipInfo, limits: Limits) -> str:
    if info.flag_bits & _ENCRYPTED_FLAGS:
        return _ENCRYPTED
    if info.compress_type not in _METHODS or info.flag_bits & _PATCH_FLAG:
        return _METHOD
    if info.file_size > limits.member:
        return _TOO_LARGE
    return _BOMB if is_bomb(info.file_size, info.compress_size, limits) else ""


def _misplaced(infos: Sequence[ZipInfo], size: int) -> set[int]:
    """Places of members that share bytes of the archive with others, as in the bombs that use one piece of data many
    times (Fifield, "A better zip bomb", 2019), or that lie outside it."""
    misplaced: set[int] = set()
    end, widest = 0, 0
    for place in sorted(range(len(infos)), key=lambda place: infos[place].header_offset):
        info = infos[place]
        own_end = info.header_offset + _HEADER + len(info.orig_filename) + info.compress_size  # at the least
        if info.header_offset < end:
            misplaced |= {place, widest}
        if info.header_offset < 0 or own_end > size:
            misplaced.add(place)
        if own_end > end:
            end, widest = own_end, place
    return misplaced
