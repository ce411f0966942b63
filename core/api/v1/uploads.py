"""Files that were uploaded, or that are read where they lie."""

from collections.abc import Callable
from functools import partial

import anyio
import anyio.to_thread
from fastapi import Request

from core.access.needs import actor
from core.access.roles import Role
from core.api.http import Refusal
from core.api.v1.requests.changes import UploadsBody
from core.api.v1.requests.search import LocationBody
from core.api.v1.responses import Received, Started
from core.services import Services
from core.text.names import display_name, utf8_safe

_READ_AT_ONCE = 2


class Located:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services
        self._reading = anyio.CapacityLimiter(_READ_AT_ONCE)  # of its own: servers may be slow

    async def add_query(self, asked: LocationBody, request: Request) -> Received:
        """It is not sent, but read from where it is: for an admin, unless it is in the index."""
        take = partial(self._services().pasted.take, asked.location, reads=actor(request).may(Role.ADMIN))
        digest, name = await anyio.to_thread.run_sync(take, limiter=self._reading)
        return Received(id=digest, name=utf8_safe(name))

    def start(self, asked: UploadsBody, request: Request) -> Started:
        """They are indexed in the background, whether or not their sender waits for it."""
        most = self._services().settings.upload_files
        if len(asked.ids) > most:
            raise Refusal(400, f"{len(asked.ids)} ids were sent.", f"Send 1 to {most} at a time.")
        ids = asked.ids if asked.paths else list(dict.fromkeys(asked.ids))
        title = asked.title and display_name(asked.title)
        return Started(job=self._services().start_uploads(ids, title, actor(request), asked.paths))
