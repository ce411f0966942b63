"""The logs of Streamlit and of the web server in the form of all others."""

import logging

import streamlit.logger
import uvicorn.config

from core.telemetry.logs import configure

_SERVER = ("uvicorn", "uvicorn.error", "uvicorn.asgi", "uvicorn.access")


def log_as(form: str, level: str) -> None:
    """From now on whatever this process logs is in this form.

    Streamlit gives each of its loggers a handler of its own, also those that it makes later. The server's lines about
    requests are left out, as Streamlit has it: they hold what was searched for, and there are our own.
    """
    handler = configure(form, level)

    def adopt(logger: logging.Logger) -> None:
        logger.handlers[:] = [handler]
        logger.streamlit_console_handler = handler  # type: ignore[attr-defined]

    streamlit.logger.setup_formatter = adopt
    streamlit.logger.update_formatter()
    uvicorn.config.LOGGING_CONFIG.update(formatters={}, handlers={}, loggers={})  # what a server would set up yet
    for name in _SERVER:  # and what it has set up already
        adopt(logging.getLogger(name))
        logging.getLogger(name).propagate = False
    logging.getLogger("uvicorn.access").disabled = True
