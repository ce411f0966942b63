"""The command line: results on stdout, progress and errors on stderr; 0 done, 1 an expected error, 2 wrong
usage, 130 paused by Ctrl-C, 143 paused by SIGTERM."""

from core.cli import ingest, jobs, reembed, search, sources  # noqa: F401 - each adds its commands
from core.cli.console import app

__all__ = ["app"]
