"""What the database of the app's own notes means by its errors, worded for the person who uses the app."""

import logging
from typing import NamedTuple

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError

from core.errors import JournalUnavailable
from core.text.redaction import scrubbed, without_secrets

_log = logging.getLogger(__name__)

SETTING = "IMAGE_SEARCH_JOURNAL"
EXAMPLE = "postgresql+psycopg://user:password@host/name"
_SAFE = "the pictures and the index are not affected"


class _Words(NamedTuple):
    what: str
    remedy: str


_BUSY = _Words("another program has locked it", "Wait for the other program to finish, or close it, and try again.")
_READ_ONLY = _Words("it is read-only", "Give the user who runs the app permission to write to the file and its folder.")
_FULL = _Words("there is no space left", "Free some space and try again.")
_DAMAGED = _Words("it is damaged", f"Move the file away; the app makes a new one, and {_SAFE}.")
_NO_DATABASE = _Words("the file is not a database", f"Move the file away, or correct {SETTING}; {_SAFE}.")
_NOT_OPENED = _Words(
    "it cannot be opened",
    f"Check that it is a file in a folder the app may write to, and that {SETTING}, if set, is its path.",
)
_DISK = _Words("its disk reports an error", "Check the disk, and that the app may write to the folder.")
_OTHER_VERSION = _Words(
    "it was made by another version of the app, or by another program", f"Use that version, or move it away; {_SAFE}."
)
_AWAY = _Words("its server does not answer", f"Start the server, or correct {SETTING}.")
_NOT_LET_IN = _Words(
    "its server does not accept the user name or password",
    f"Correct {SETTING}. In the password, percent-encode everything but letters, digits, - . _ and ~: @ is %40, / "
    "is %2F.",
)
_NOT_THERE = _Words("its server has no database with this name", f"Create it there, or correct {SETTING}.")
_NOT_ALLOWED = _Words("its user lacks permissions", "Give the user permission to create and change tables.")
_OVERLOADED = _Words("its server is overloaded", "Try again in a moment, or have it take more connections.")
_REFUSED = _Words("it refuses the request", f"Check that it has space left and can be written; {_SAFE}.")

_SQLITE = {
    "BUSY": _BUSY,
    "LOCKED": _BUSY,
    "PROTOCOL": _BUSY,
    "READONLY": _READ_ONLY,
    "PERM": _READ_ONLY,
    "AUTH": _READ_ONLY,
    "FULL": _FULL,
    "CORRUPT": _DAMAGED,
    "FORMAT": _DAMAGED,
    "NOTADB": _NO_DATABASE,
    "CANTOPEN": _NOT_OPENED,
    "IOERR": _DISK,
    "NOLFS": _DISK,
    "TOOBIG": _DISK,
    "SCHEMA": _OTHER_VERSION,
    "MISMATCH": _OTHER_VERSION,
    "CONSTRAINT": _OTHER_VERSION,
}
"""By the result code, without SQLITE_ and what follows the first _ (sqlite.org/rescode.html)."""

_STATES = {
    "08": _AWAY,
    "28": _NOT_LET_IN,
    "3D": _NOT_THERE,
    "25": _READ_ONLY,
    "25P03": _AWAY,  # it has given up on a change in the middle of which the process was stopped
    "42501": _NOT_ALLOWED,
    "42": _OTHER_VERSION,
    "23": _OTHER_VERSION,
    "40": _BUSY,
    "53100": _FULL,
    "53": _OVERLOADED,
    "55": _BUSY,
    "57": _AWAY,
    "58": _DISK,
    "XX": _DAMAGED,
}
"""By SQLSTATE, or its class."""

_TEXTS = {
    "no such table": _OTHER_VERSION,
    "no such column": _OTHER_VERSION,
    "has no column named": _OTHER_VERSION,
    "disk is full": _FULL,
    "password authentication failed": _NOT_LET_IN,
    "access denied": _NOT_LET_IN,
    "no password supplied": _NOT_LET_IN,
    "unknown database": _NOT_THERE,
    'role "': _NOT_LET_IN,
    "does not exist": _NOT_THERE,
    "too many clients": _OVERLOADED,
    "remaining connection slots": _OVERLOADED,
}
"""By what it says: drivers need not give a code where the connection fails."""


def place(url: URL) -> str:
    """Where the database is, without what lets one in."""
    if url.get_backend_name() == "sqlite":
        return url.database or "the memory of the app"
    port = f":{url.port}" if url.port else ""
    return without_secrets(f"{url.drivername}://{url.host or 'localhost'}{port}")


def unavailable(url: URL, error: SQLAlchemyError) -> JournalUnavailable:
    words = _words(error)
    _log.debug("The journal: %s", scrubbed(str(getattr(error, "orig", error))))
    return JournalUnavailable(f"The job database in {place(url)} cannot be used: {words.what}.", words.remedy)


def of_newer_version(url: URL) -> JournalUnavailable:
    return JournalUnavailable(
        f"The job database in {place(url)} was made by a newer version of the app.",
        f"Use that version, or move the database away; {_SAFE}.",
    )


def not_an_address(reason: str) -> JournalUnavailable:
    return JournalUnavailable(
        f"{SETTING} does not name a database that can be used: {reason}.",
        f"Give a SQLAlchemy URL such as {EXAMPLE}, and install its driver. In the password, percent-encode "
        "everything but letters, digits, - . _ and ~: @ is %40, / is %2F.",
    )


def _words(error: SQLAlchemyError) -> _Words:
    if isinstance(error, TimeoutError):
        return _BUSY
    if not isinstance(error, DBAPIError):
        return _REFUSED
    if name := getattr(error.orig, "sqlite_errorname", None):
        code = str(name).removeprefix("SQLITE_").partition("_")[0]
        return _SQLITE.get(code) or _by_text(error) or _REFUSED
    state = str(getattr(error.orig, "sqlstate", None) or "")
    found = _STATES.get(state) or _STATES.get(state[:2]) or _by_text(error)
    return found or (_REFUSED if state else _AWAY)


def _by_text(error: DBAPIError) -> _Words | None:
    text = str(error.orig).lower()
    return next((words for sign, words in _TEXTS.items() if sign in text), None)
