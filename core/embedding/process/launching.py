"""Starts the process of a model: imports so little that it can be done before anything else is imported."""

import atexit
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

_PROJECT = Path(__file__).parents[3]
CHILD = "from core.embedding.process.serving import serve; serve()"
"""What the process of a model runs."""


ahead: list[subprocess.Popen[bytes]] = []
"""Processes that wait to be told which model it is."""

_choosing = threading.Lock()


def launch_ahead() -> None:
    """Start a process that imports what a model needs, and then waits until it is told which: for a server, which will
    know that when it has opened its index."""
    with suppress(OSError), _choosing:  # whoever needs one says what is wrong
        ahead.append(_launch())


def launch(told: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A process that is told this: the one that was started ahead, or a new one."""
    with _choosing:
        process = ahead.pop() if ahead else None
    if process is None or process.poll() is not None:
        process = _launch()
    assert process.stdin
    with suppress(OSError):  # it has died: who waits for it finds out
        process.stdin.write(json.dumps(told).encode())
        process.stdin.close()
    return process


def heard() -> dict[str, str]:
    """What this process is told; nothing where the one that started it is gone."""
    try:
        said: dict[str, str] = json.loads(sys.stdin.buffer.read())
    except ValueError:
        return {}
    return said


def python(code: str, **how: Any) -> subprocess.Popen[bytes]:
    """A process that runs code of this project, and is told by its standard input; `how` as for `subprocess.Popen`."""
    command = [sys.executable, "-c", code]
    return subprocess.Popen(command, cwd=_PROJECT, stdin=subprocess.PIPE, **how)  # noqa: S603 - our own interpreter


def _launch() -> subprocess.Popen[bytes]:
    process = python(CHILD, stdout=subprocess.DEVNULL)  # it belongs to the command line's JSON
    atexit.register(process.kill)
    return process
