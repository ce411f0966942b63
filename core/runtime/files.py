"""Whether something is at a path that a person has typed. `pathlib` raises where the system does not look, for a name
that is too long or a folder that may not be entered; here that is a no."""

import os
from pathlib import Path


def is_there(path: Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110


def is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112
