"""Versions of the index."""

from collections.abc import Callable
from dataclasses import asdict

from fastapi import Request
from fastapi.responses import Response

from core.access.needs import actor
from core.api.http import Refusal
from core.api.v1.requests.changes import BuildBody
from core.api.v1.responses import Comparison, Started, Version
from core.index import versions
from core.services import Services
from core.text.names import utf8_safe


class Versioning:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def list(self) -> "list[Version]":
        return [_version(one) for one in self._services().versions.all()]

    def build(self, asked: BuildBody, request: Request) -> Started:
        control = self._services().versions
        job = control.build(asked.model, swaps=asked.swap, prunes=asked.leave_out, by=actor(request))
        if job is None:
            raise Refusal(409, "The index is empty.", "Index pictures first.")
        return Started(job=job)

    def compare(self, number: int) -> Comparison:
        found = asdict(self._services().versions.compare(number))
        for one in found["most_different"]:
            one["query"] = utf8_safe(one["query"])
        return Comparison(**found)

    def swap(self, number: int, request: Request, leave_out: bool = False) -> Started:
        return Started(job=self._services().versions.swap(number, prunes=leave_out, by=actor(request)))

    def roll_back(self, request: Request, leave_out: bool = False) -> Started:
        return Started(job=self._services().versions.roll_back(prunes=leave_out, by=actor(request)))

    def delete(self, number: int, request: Request) -> Response:
        self._services().versions.delete(number, by=actor(request))
        return Response(status_code=204)


def _version(one: versions.Version) -> Version:
    plain = asdict(one)
    return Version(**plain.pop("stamp"), **plain)
