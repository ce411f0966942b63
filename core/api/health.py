"""Whether the server can do what it is for: what `/healthz` and `/readyz` say.

What is asked may take its time, or not answer at all: whoever asks us is told so within seconds.
"""

import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import asdict
from typing import Any

from starlette.responses import JSONResponse, Response

from core.errors import EmbeddingServersAway, ImageSearchError
from core.services import Services
from core.services.several import Several
from core.storage import check_writable, no_space
from core.telemetry.context import carried

READY = "ready"

PATIENCE = 3.0
"""Seconds; probes of orchestrators wait for four or five."""

MIN_FREE = 16 << 20
"""Bytes without which the disk of the data folder counts as full: the job database and uploads need some."""

_LOADING = frozenset({"idle", "loading"})
_STOPPED = "The process of the model has ended; another is being started."
_asking = threading.Lock()
_asked: dict[tuple[Services, str], Future[Any]] = {}  # what has not answered yet: nobody asks that again


def health(services: Callable[[], Services]) -> dict[str, Any]:
    """The state of the server: `degraded` where something is wrong with it."""
    try:
        made = services()
    except ImageSearchError as error:
        return {"status": "degraded", "error": str(error)}
    model = made.model.condition
    problems = [text for text in checks(made).values() if text != READY and text not in _LOADING]
    if problems:
        return {"status": "degraded", "error": " ".join(problems), "model": model}
    status = asked_in_time(made, "index", made.status)
    if isinstance(status, ImageSearchError):  # since it was checked
        return {"status": "degraded", "error": str(status), "model": model}
    return {"status": "ok", "model": model, **asdict(status)}


def readiness(services: Callable[[], Services]) -> dict[str, str]:
    """What a search needs, by name: `ready`, or what is wrong with it."""
    try:
        made = services()
    except ImageSearchError as error:
        return {"settings": str(error)}
    return checks(made)


def readiness_response(services: Callable[[], Services], *, told: bool = True) -> Response:
    """
    Args:
        told: Whether it says what is missing.
    """
    found = readiness(services)
    ready = all(state == READY for state in found.values())
    body = {"status": READY if ready else "not ready", **({"checks": found} if told else {})}
    return JSONResponse(body, 200 if ready else 503)


def checks(services: Services) -> dict[str, str]:
    """By the name of each: `ready`, or what is wrong; of several collections, what is wrong with the first of them."""
    if isinstance(services, Several):
        of_each = [checks(member) for member in services.members.values()]
        names = {what for found in of_each for what in found}
        return {what: next((found[what] for found in of_each if found[what] != READY), READY) for what in sorted(names)}
    return {
        "model": _model(services),
        "index": _tried(services, "index", services.status),
        "journal": _tried(services, "journal", lambda: services.library.journal.check()),
        "disk": _tried(services, "disk", lambda: _check_disk(services)),
        **({"store": _tried(services, "store", mirror.check)} if (mirror := services.mirror) else {}),
    }


def asked_in_time[T](services: Services, what: str, ask: Callable[[], T]) -> T | ImageSearchError:
    """The answer, or why there is none; in no more than `PATIENCE` seconds. Asked again before it has answered, it is
    the same question.

    Args:
        what: What is asked, for each of the services another question.
    """
    key = services, what
    with _asking:
        answer = _asked.get(key)
        if answer is None:
            answer = _asked[key] = Future()
            threading.Thread(target=carried(_ask), args=(key, ask, answer), name=f"ask-{what}", daemon=True).start()
    try:
        found: T = answer.result(PATIENCE)
    except NotYet:
        return ImageSearchError(
            f"No answer within {PATIENCE:.0f} seconds: {what}.", "It may be overloaded, locked or away."
        )
    except ImageSearchError as error:
        return error
    return found


def _ask(key: tuple[Services, str], ask: Callable[[], Any], answer: Future[Any]) -> None:
    try:
        found = ask()
    except BaseException as error:  # whoever waits must hear of it
        _forget(key)
        answer.set_exception(error)
    else:
        _forget(key)
        answer.set_result(found)


def _forget(key: tuple[Services, str]) -> None:
    with _asking:
        _asked.pop(key, None)


def _tried(services: Services, what: str, ask: Callable[[], object]) -> str:
    found = asked_in_time(services, what, ask)
    return str(found) if isinstance(found, ImageSearchError) else READY


def _model(services: Services) -> str:
    """Also has one started whose process has ended, or whose servers were away: where nobody searches while it is not
    ready, nobody else would."""
    if services.model.works:
        return _tried(services, "model", services.model.check_servers) if services.model.is_served else READY
    if services.model.condition == "stopped":
        services.model.load()
        return _STOPPED
    state = services.model.state
    if isinstance(state.error, EmbeddingServersAway):
        services.model.load()
    return str(state.error or state.status)


def _check_disk(services: Services) -> None:
    """
    Raises:
        StorageFull, StorageUnavailable: nothing can be kept in the data folder.
    """
    folder = services.settings.data_dir
    check_writable(folder)
    if shutil.disk_usage(folder).free < MIN_FREE:
        raise no_space(folder)
