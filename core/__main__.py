"""`python -m core`"""

import sys

from core.running.client import reply_of_app

if reply := reply_of_app(sys.argv[1:]):
    from core.running.output import deliver

    deliver(reply)

import gc

gc.disable()  # what is imported stays: looking through it for garbage takes a tenth of a start

from core.cli import program  # noqa: E402

program(sys.argv[1] if len(sys.argv) > 1 else "")(prog_name="python -m core")
