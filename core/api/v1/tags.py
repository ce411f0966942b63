"""Tags of pictures."""

from collections.abc import Callable
from itertools import batched

from fastapi import Request

from core.access.needs import actor
from core.api.v1.requests.changes import TagsBody
from core.api.v1.responses import Changed
from core.index.tags import change_tags, tagging
from core.services import Services

_AT_ONCE = 500  # records that are looked up


class Tagging:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def change(self, asked: TagsBody, request: Request) -> Changed:
        services, ids = self._services(), list(dict.fromkeys(asked.ids))
        index = services.index
        known = sum(len(index.get(some)) for some in batched(ids, _AT_ONCE))
        changed = change_tags(index, ids, asked.add, asked.remove)
        services.audit.note(actor(request), "Changed tags", tagging(changed, asked.add, asked.remove))
        return Changed(changed=changed, unchanged=max(0, known - changed), missing=len(ids) - known)
