"""The note that the running app leaves in its data folder: where it listens, the key, and what it runs with."""

import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from core.running.channel import proof

FILE = ".running.json"

DECISIVE = (
    *("IMAGE_SEARCH_MODEL", "IMAGE_SEARCH_INDEX", "MODEL_CACHE_DIR"),
    *("INFERENCE_SERVER_URL", "INFERENCE_SERVER_API_KEY"),
    *("ELASTICSEARCH_URL", "ELASTICSEARCH_CLOUD_ID", "ELASTICSEARCH_API_KEY", "ELASTICSEARCH_CA_CERTS"),
)
"""The settings that decide what is found: an app answers a command that has the same, set or not."""

OTHERS = (
    *("IMAGE_SEARCH_ROOTS", "IMAGE_SEARCH_URLS", "IMAGE_SEARCH_HOSTS", "IMAGE_SEARCH_FRAME_ANCESTORS"),
    *("IMAGE_SEARCH_UPLOAD_MB", "IMAGE_SEARCH_ARCHIVE_MB", "IMAGE_SEARCH_UPLOAD_FILES", "IMAGE_SEARCH_PREVIEW_MB"),
    *("IMAGE_SEARCH_JOURNAL", "IMAGE_SEARCH_LOG", "IMAGE_SEARCH_LOG_LEVEL", "IMAGE_SEARCH_RAY"),
    *("IMAGE_SEARCH_OPEN", "IMAGE_SEARCH_TRUSTED_PROXIES", "IMAGE_SEARCH_VIEWERS", "IMAGE_SEARCH_EDITORS"),
    *("IMAGE_SEARCH_AGENTS_WRITE", "IMAGE_SEARCH_TILES", "IMAGE_SEARCH_TILES_CREDIT"),
    *("IMAGE_SEARCH_STORE", "IMAGE_SEARCH_STORE_CACHE_MB"),
    *("ELASTICSEARCH_SHARDS", "ELASTICSEARCH_REPLICAS", "ELASTICSEARCH_QUANTISATION"),
    *("IMAGE_SEARCH_LLM_URL", "IMAGE_SEARCH_LLM_MODEL", "IMAGE_SEARCH_LLM_KEY"),
    *("IMAGE_SEARCH_LLM_NAMES", "IMAGE_SEARCH_LLM_PLACES"),
    *("IMAGE_SEARCH_ADMINS", "IMAGE_SEARCH_GROUPS_CLAIM", "IMAGE_SEARCH_SESSION_HOURS", "IMAGE_SEARCH_CONTACT"),
)
"""What a command may leave unset whatever the app has. One that sets it otherwise is left to say whether that works."""

_PATHS = frozenset({"MODEL_CACHE_DIR", "ELASTICSEARCH_CA_CERTS"})
_CORE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib takes 10 ms
_MAX_BYTES = 1 << 16


class Note(NamedTuple):
    port: int
    """On 127.0.0.1."""
    pid: int
    key: str
    """Random for each start: who has it can read the data folder as the app's own user."""
    code: str
    """See `code_edition`."""
    settings: Mapping[str, str]
    """By the name of the variable, a keyed hash of what is set; without those that are not."""


def environment() -> dict[str, str]:
    """As the settings are read: whatever the case of the names, and without empty values."""
    return {name.upper(): value for name, value in os.environ.items() if value}


def data_dir(variables: Mapping[str, str]) -> str:
    """Where `core.config.Settings` has the data folder."""
    if chosen := variables.get("IMAGE_SEARCH_DATA_DIR"):
        return os.path.abspath(os.path.expanduser(chosen))  # noqa: PTH100, PTH111
    import platformdirs

    return platformdirs.user_data_dir("image-search", appauthor=False)


def code_edition(folder: str = _CORE) -> str:
    """Another text for another version of the program, or the same in another place."""
    found = [f"{path} {size} {changed}" for path, size, changed in sorted(_sources(folder))]
    return proof("code", *found)


def _sources(folder: str) -> list[tuple[str, int, int]]:
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                found += _sources(entry.path) if entry.name != "__pycache__" else []
            elif entry.name.endswith((".py", ".txt")):
                state = entry.stat()
                found.append((entry.path, state.st_size, state.st_mtime_ns))
    return found


def write(folder: str, port: int, variables: Mapping[str, str]) -> Note:
    """Leave the note of an app that listens on this port, in place of any other; nobody but our own user can read it.

    Raises:
        StorageFull, StorageUnavailable: it cannot be written.
    """
    import secrets  # who only reads a note needs neither
    from pathlib import Path

    from core.storage import write_whole

    key = secrets.token_hex(32)
    note = Note(port, os.getpid(), key, code_edition(), _hashed(key, variables))
    write_whole(Path(folder, FILE), json.dumps(note._asdict()).encode())
    return note


def remove(folder: str, note: Note) -> None:
    """Unless another app has left its own since."""
    if read(folder) == note:
        with suppress(OSError):
            os.unlink(os.path.join(folder, FILE))  # noqa: PTH108, PTH118


def read(folder: str) -> Note | None:
    """None where there is none, or none that only our own user can have written and read."""
    try:
        file = os.open(os.path.join(folder, FILE), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))  # noqa: PTH118
    except OSError:
        return None
    try:
        if not _is_private(os.fstat(file)):
            return None
        values = json.loads(os.read(file, _MAX_BYTES))
        note = Note(**values)
    except (OSError, ValueError, TypeError):
        return None
    finally:
        os.close(file)
    return note if _is_sound(note) else None


def _is_private(state: os.stat_result) -> bool:
    if not stat.S_ISREG(state.st_mode):
        return False
    return os.name == "nt" or (state.st_uid == os.geteuid() and not state.st_mode & 0o077)


def _is_sound(note: Note) -> bool:
    texts = [note.key, note.code]
    return (
        isinstance(note.port, int)
        and 0 < note.port < 1 << 16
        and all(isinstance(text, str) and len(text) == len(proof("")) for text in texts)
        and isinstance(note.settings, dict)
    )


def is_ours(note: Note, variables: Mapping[str, str]) -> bool:
    """Whether an app that left such a note would answer as a command with these variables does by itself."""
    own = _hashed(note.key, variables)
    if any(own.get(name) != note.settings.get(name) for name in DECISIVE):
        return False
    return all(note.settings.get(name) == own[name] for name in OTHERS if name in own) and note.code == code_edition()


def _hashed(key: str, variables: Mapping[str, str]) -> dict[str, str]:
    """Some are secrets, and some hold one."""
    known = {name: variables[name] for name in (*DECISIVE, *OTHERS) if name in variables}
    return {name: proof(key, name, _comparable(name, value)) for name, value in known.items()}


def _comparable(name: str, value: str) -> str:
    return os.path.abspath(os.path.expanduser(value)) if name in _PATHS else value  # noqa: PTH100, PTH111
