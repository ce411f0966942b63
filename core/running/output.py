"""A reply on the streams of this process, as the command line itself would have written it."""

import codecs
import os
import sys
from typing import NoReturn, TextIO

from core.running.client import Reply


def deliver(reply: Reply) -> NoReturn:
    """Write it, and end with its status."""
    try:
        for is_error, text in reply.said:
            _write(sys.stderr if is_error else sys.stdout, f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for Python's own last flush
        sys.exit(1)
    sys.exit(reply.status)


def _write(stream: TextIO, text: str) -> None:
    if codecs.lookup(stream.encoding).name == "ascii":  # of a wrong locale, which click does not believe either
        stream.flush()
        stream.buffer.write(text.encode())
        stream.buffer.flush()
    else:
        stream.write(text)
