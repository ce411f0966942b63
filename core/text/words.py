"""Numbers, sizes and times as people read them, the same on pages and on the command line."""

import time

_UNITS = (("GB", 1e9, 1, 999.95e6), ("MB", 1e6, 1, 999.5e3), ("kB", 1e3, 0, 1e3))
"""Bytes in a unit, digits behind its point, and the size from which it is used: where the one below would say 1,000."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number and its noun: `1 picture`, `1,204 pictures`, `2 copies`."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def pictures(number: int) -> str:
    return counted(number, "picture")


def duration(seconds: float) -> str:
    """A time span: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if round(seconds, 1) < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def file_size(size: int) -> str:
    """Bytes: `812 kB`, `3.4 MB`, `1.2 GB`."""
    for unit, bytes_, digits, start in _UNITS:
        if size >= start:
            return f"{size / bytes_:,.{digits}f} {unit}"
    return counted(size, "byte")


def ago(moment: float | None) -> str:
    """How long ago a moment was, in seconds since the epoch."""
    if moment is None:
        return "never"
    seconds = time.time() - moment
    for word, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return f"{counted(int(seconds // length), word)} ago"
    return "just now"
