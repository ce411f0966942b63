"""Tags of pictures."""

from collections.abc import Callable
from itertools import batched

from core.api.v1.requests import TagsBody
from core.api.v1.responses import Changed
from core.index.tags import change_tags
from core.services import Services

_AT_ONCE = 500  # records that are looked up


class Tagging:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def change(self, asked: TagsBody) -> Changed:
        index, ids = self._services().index, list(dict.fromkeys(asked.ids))
        known = sum(len(index.get(some)) for some in batched(ids, _AT_ONCE))
        changed = change_tags(index, ids, asked.add, asked.remove)
        return Changed(changed=changed, unchanged=max(0, known - changed), missing=len(ids) - known)
