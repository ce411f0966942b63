"""Collections: which there are, made, called otherwise, emptied and deleted."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response

from core.access.needs import actor
from core.api.http import Refusal
from core.api.v1.requests.changes import CollectionBody, ConfirmBody, DescriptionBody
from core.api.v1.responses import CollectionReply, Removed
from core.collections.collection import Collection
from core.errors import ImageSearchError
from core.services.collections import Collections

Confirm = Annotated[str, Query(description="The name of the collection once more: what is deleted is gone.")]


class Collecting:
    """
    Args:
        collections: Called per request, so that a wrong setting is answered, not fatal.
    """

    def __init__(self, collections: Callable[[], Collections]) -> None:
        self._collections = collections

    def list(self) -> list[CollectionReply]:
        return [self._reply(one) for one in self._collections().all()]

    def create(self, asked: CollectionBody, request: Request) -> CollectionReply:
        by = actor(request)
        made = self._collections().create(asked.name, asked.title, asked.description, asked.model, by=by)
        return self._reply(made)

    def show(self, name: str) -> CollectionReply:
        return self._reply(self._collections().get(name))

    def change(self, name: str, asked: DescriptionBody, request: Request) -> CollectionReply:
        by = actor(request)
        changed = self._collections().change(name, asked.title, asked.description, by=by)
        if asked.model is not None:
            changed = self._collections().change_model(name, asked.model, by=by)
        return self._reply(changed)

    def clear(self, name: str, asked: ConfirmBody, request: Request) -> Removed:
        self._check(name, asked.confirm)
        return Removed(removed=self._collections().clear(name, actor(request)))

    def delete(self, name: str, request: Request, confirm: Confirm = "") -> Response:
        self._check(name, confirm)
        self._collections().delete(name, actor(request))
        return Response(status_code=204)

    def _check(self, name: str, confirmed: str) -> None:
        self._collections().get(name)
        if confirmed != name:
            raise Refusal(
                400, "The name of the collection was not confirmed.", f"Send it once more as confirm: {name}."
            )

    def _reply(self, one: Collection) -> CollectionReply:
        told: dict[str, Any] = {
            "name": one.name,
            "title": one.shown,
            "description": one.description,
            "first": one.is_first,
        }
        try:
            status = self._collections().of(one.name).status()
        except ImageSearchError as error:
            return CollectionReply(**told, model=one.model_id, error=str(error))
        return CollectionReply(**told, model=status.model_id, count=status.count)
