"""The form of the logs, of ours and of others."""

import json
import logging
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from core.telemetry import context
from core.telemetry.logs import JsonFormatter, TextFormatter
from core.text import redaction

ROOT = Path(__file__).parents[2]


@pytest.fixture
def secret(monkeypatch):
    monkeypatch.setattr(redaction.redactor, "secrets", frozenset({'s3cr"et'}))
    return 's3cr"et'


def record(message, *args, error=None, **extra):
    exc_info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("a.library", logging.WARNING, "file.py", 1, message, args, exc_info)
    made.__dict__.update(extra)
    return made


def as_json(made):
    line = JsonFormatter().format(made)
    assert "\n" not in line
    return json.loads(line)


def test_a_line_of_json_has_all_that_is_known():
    context.begin_request("r1")
    with context.working_on(3, "r1"):
        said = as_json(record("%d pictures", 5, route="/x", ms=1.5))
    time = said.pop("time")
    assert datetime.fromisoformat(time).tzinfo
    assert said == {
        **{"level": "warning", "logger": "a.library", "message": "5 pictures"},
        **{"request_id": "r1", "job": 3, "route": "/x", "ms": 1.5},
    }


def raised():
    try:
        int("two\nlines")
    except ValueError as error:
        return error


@pytest.mark.parametrize("message", ["two\nlines", "\ud800 alone", "é\u2028", '"quoted"'])
def test_whatever_is_said_stays_one_line(message):
    said = as_json(record("%s", message, error=raised(), odd=object(), path=Path("/a")))
    assert said["message"] == message
    assert "ValueError: invalid literal" in said["exception"]
    assert said["path"] == "/a"


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_no_secret_is_told(formatter, secret):
    made = record("it is %s", secret, error=ValueError(secret), url=f"http://{secret}", path=Path(secret))
    assert secret not in formatter.format(made)
    assert json.dumps(secret)[1:-1] not in formatter.format(made)


def test_a_line_for_people():
    context.begin_request("r2")
    line = TextFormatter().format(record("said"))
    assert line.endswith(" WARNING a.library: said [r2]")
    datetime.fromisoformat(line[:23])


def test_all_of_a_server_is_json():
    """Streamlit's loggers, those that it makes later, the server's, threads that end, and warnings of Python."""
    code = (
        "import logging, threading, warnings; from core.ui.logs import log_as; log_as('json', 'debug')\n"
        "from streamlit.logger import get_logger, set_log_level\n"
        "get_logger('streamlit.made.later').warning('later')\n"
        "logging.getLogger('streamlit').warning('own'); logging.getLogger('uvicorn.error').warning('server')\n"
        "logging.getLogger('a.library').warning('library'); logging.getLogger('core.x').debug('ours')\n"
        "logging.getLogger('uvicorn.access').error('GET /?q=secret'); warnings.warn('careful')\n"
        "thread = threading.Thread(target=lambda: 1 / 0, name='t'); thread.start(); thread.join()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    messages = [line["message"] for line in lines]
    assert messages[:5] == ["later", "own", "server", "library", "ours"]
    assert "careful" in messages[5]
    assert "ZeroDivisionError" in lines[6]["exception"]
    assert len(lines) == 7
