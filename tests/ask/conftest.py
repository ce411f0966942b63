"""Questions over the API's routes, to an endpoint on this machine."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.access.roles import Role
from core.api.deferred import own_routes
from core.api.light import OwnRoutes
from core.services import Services
from tests.ask.stand_in import MODEL, Script, StandIn, standing_in
from tests.colours import COLOURS
from tests.signed_in import Asking

ASK = "/api/v1/ask"


@dataclass
class Answered:
    """What came of a question, line by line."""

    lines: list[dict[str, Any]] = field(default_factory=list)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.lines if one.get("kind") == kind]

    @property
    def text(self) -> str:
        return "".join(one["text"] for one in self.of("text"))

    @property
    def done(self) -> dict[str, Any]:
        assert self.lines[-1]["kind"] == "done"
        return self.lines[-1]

    @property
    def pictures(self) -> dict[int, str]:
        """Ids by their numbers."""
        return {one["number"]: one["id"] for looked in self.of("looked") for one in looked["pictures"]}


def client_of(services: Services, role: Role = Role.ADMIN) -> TestClient:
    return TestClient(Asking(Starlette(routes=own_routes(OwnRoutes(lambda: services), "")), role))


def ask(services: Services, question: str, **more: Any) -> Answered:
    response = client_of(services).post(ASK, json={"question": question, **more})
    assert response.status_code == 200, response.text
    return Answered([json.loads(line) for line in response.text.splitlines()])


@pytest.fixture
def corpus(services: Services, picture: Callable[..., Any]) -> Services:
    """One picture of each colour."""
    files = [picture(f"{name}.png", size=(60, 40)) for name in COLOURS]
    list(services.ingest([files[0].parent]))
    return services


@pytest.fixture
def endpoint(corpus: Services) -> Iterator[Callable[..., StandIn]]:
    """Starts one that does what a script says, and has the services ask it."""
    with ExitStack() as stack:

        def start(script: Script, **settings: Any) -> StandIn:
            one = stack.enter_context(standing_in(script))
            chosen = {"llm_url": one.url, "llm_model": MODEL, **settings}
            corpus.settings = replace(corpus.settings, **chosen)
            return one

        yield start
