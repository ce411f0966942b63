"""The form of the logs: text for people, or JSON, a line for each record, whichever logger it comes from.

The standard library does it: a formatter of thirty lines. Of python-json-logger or structlog no more than that would
be used, since secrets are kept out where records are made (`core.text.redaction`), and each start would import them.
"""

import json
import logging
import os
import sys
import threading
from datetime import UTC, datetime
from typing import Any

from core.telemetry import context
from core.telemetry.names import LEVELS, LOG_FORM, LOG_LEVEL
from core.text.redaction import redactor

_OURS = ("core", "pages")  # whose level is the one that is set; libraries have theirs
_OF_RECORDS = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "color_message"}


class JsonFormatter(logging.Formatter):
    """One object in one line: `time`, `level`, `logger`, `message`, `request_id`, what the record says besides, and
    `exception` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": _time(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **context.fields(),
            **_more(record),
        }
        if record.exc_info and record.exc_info[0]:
            said["exception"] = record.exc_text or self.formatException(record.exc_info)
        return json.dumps({name: _safe(value) for name, value in said.items()}, default=lambda one: _safe(str(one)))


class TextFormatter(logging.Formatter):
    """For people: `2026-05-04 13:12:11.102 INFO    core.api: message [request]`."""

    def format(self, record: logging.LogRecord) -> str:
        told = [str(value) for value in context.fields().values() if value is not None]
        time = _time(record).astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        text = f"{time} {record.levelname:<7} {record.name}: {record.getMessage()}"
        text += f" [{' job '.join(told)}]" if told else ""
        if record.exc_info and record.exc_info[0]:
            text += f"\n{record.exc_text or self.formatException(record.exc_info)}"
        return redactor.hide(text)


def configure(form: str, level: str) -> logging.Handler:
    """From now on all loggers of this process write to stderr in this form. Returns what does it, for libraries that
    set up theirs themselves."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    root = logging.getLogger()
    for before in [one for one in root.handlers if getattr(one, "is_ours", False)]:
        root.removeHandler(before)
    handler.is_ours = True  # type: ignore[attr-defined]
    root.addHandler(handler)
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())
    if form == "json":  # what is else written by Python itself
        logging.captureWarnings(True)
        threading.excepthook = _log_uncaught
    return handler


def configure_json() -> None:
    """As the environment says, where it asks for JSON: commands tell people in plain words, as they always do."""
    form, level = os.environ.get(LOG_FORM, "").strip().lower(), os.environ.get(LOG_LEVEL, "").strip().lower()
    if form == "json":
        configure(form, level if level in LEVELS else "info")


def _log_uncaught(caught: threading.ExceptHookArgs) -> None:
    if caught.exc_type is SystemExit or caught.exc_value is None:
        return
    name = caught.thread.name if caught.thread else "?"
    error = (caught.exc_type, caught.exc_value, caught.exc_traceback)
    logging.getLogger(__name__).error("The thread %r has ended", name, exc_info=error)


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _more(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in record.__dict__.items() if name not in _OF_RECORDS}


def _safe(value: Any) -> Any:
    return redactor.hide(value) if isinstance(value, str) else value
