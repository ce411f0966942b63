"""`python -m core`"""

import sys

from core.running.client import reply_of_app

if reply := reply_of_app(sys.argv[1:]):
    from core.running.output import deliver

    deliver(reply)

import atexit
import gc
import os

gc.disable()  # what is imported stays: looking through it for garbage takes a tenth of a start

status = 1  # of what nobody expected, and Python has told


def _leave() -> None:
    """End without taking Python apart, which takes a tenth of a search too.

    Registered first, it is called last: threads that are waited for have ended, whatever others registered was called.
    """
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
    except (OSError, ValueError):  # nobody reads any more: Python says so, and ends with its own status
        return
    os._exit(status)


atexit.register(_leave)

from core.cli import program  # noqa: E402

try:
    program(sys.argv[1] if len(sys.argv) > 1 else "")(prog_name="python -m core")
    status = 0
except SystemExit as end:
    status = end.code if isinstance(end.code, int) else int(end.code is not None)
    raise
