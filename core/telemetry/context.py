"""Which request and which job something is done for: threads and jobs carry it on, each line of the logs says it."""

import contextvars
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:=@/+-]{0,127}")
"""What proxies and tracing systems send: UUIDs, `Root=1-67891233-abcdef`; nothing that could forge a line of a log."""

_request: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
_job: contextvars.ContextVar[int | None] = contextvars.ContextVar("job", default=None)


def request_id() -> str:
    """Of the request that something is done for, "" outside of one."""
    return _request.get()


def begin_request(given: str | None = None) -> str:
    """From now on what this task or thread does is for a request of this id, which is returned: the one given where it
    is a sane token, else a new one."""
    id_ = given if given and _SANE.fullmatch(given) else secrets.token_hex(8)
    _request.set(id_)
    return id_


@contextmanager
def working_on(job_id: int, asked_by: str) -> Iterator[None]:
    """Within, what is done is for a job.

    Args:
        asked_by: The id of the request that began it; "" where none did.
    """
    before = _request.set(asked_by), _job.set(job_id)
    try:
        yield
    finally:
        _request.reset(before[0])
        _job.reset(before[1])


def fields() -> Mapping[str, Any]:
    """What a line of a log says of it: `request_id` always, `job` within one."""
    job = _job.get()
    return {"request_id": _request.get() or None} | ({} if job is None else {"job": job})


def carried[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """The function as another thread may call it for the request or job of the one that gives it away: Python gives
    threads an empty context. For one call at a time."""
    context = contextvars.copy_context()

    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return context.run(function, *args, **kwargs)

    return run
