"""The pages for each role: what it may not do is not offered, and is refused when it is sent all the same."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.access.access import Access
from core.access.actors import COMMAND_LINE
from core.access.roles import Role
from core.access.tokens import Tokens
from core.errors import NotSignedIn
from core.ingest.following import Following
from core.ingest.jobs.queue import Jobs
from core.ingest.journal.job import Status
from core.ingest.library import Library
from core.services import shared
from core.services.collections import Collections
from core.services.services import Services
from core.ui.access.offered import PAGES, Page
from core.ui.who import visitor
from core.versions.control import VersionControl
from tests import signed_in
from tests.pages.conftest import Component, texts

ROOT = Path(__file__).parents[2]
ACTING = (Services, Collections, VersionControl, Library, Following, Jobs, Tokens)
WRONG = (None, Role.NOBODY, Role.VIEWER, Role.EDITOR)
"""Who may not do what is for admins; None: nobody has signed in."""
LEAST = {"ingest": 9, "access": 2, "index": 4, "collections": 4, "duplicates": 1, "quality": 1, "map": 1}
"""How many actions there are at least on a page."""
SENT: dict[str, Any] = {"start": "duplicates"}
"""What components send with their events; else nothing."""


def forged() -> list[tuple[Page, Role | None]]:
    """The pages of the app, each with those who may not do what is done there: of most, whose role is only just too
    low."""
    offered = [page for page in PAGES if page.name != "sign_out"]
    below = [(page, Role.EDITOR if Role.ADMIN in (page.role, *taken(page)) else Role.VIEWER) for page in offered]
    return [*below, *((page, role) for page in offered if page.name == "ingest" for role in WRONG[:-1])]


def taken(page: Page) -> list[Role]:
    """What the page about access shows to all, and lets admins do with what is others'."""
    return [Role.ADMIN] if page.name == "access" else []


def events(component: str) -> list[str]:
    """What a component may tell the page, as its function declares it."""
    source = (ROOT / "core" / "ui" / "components" / component / f"{component}.py").read_text("utf-8")
    return re.findall(r"\bon_(\w+)_change=", source)


def mounted(at: AppTest, component: str) -> bool:
    return any(element.proto.component_name.endswith(component) for element in at.get("bidi_component"))


@pytest.fixture
def come(services, open_page, monkeypatch) -> Callable[[Role | None], Access]:
    """From now on somebody of this role looks at the pages; None: nobody has signed in."""
    access = signed_in.access(services.settings.journal)
    for module in ("who", "access.navigation", "access.view"):
        monkeypatch.setattr(f"core.ui.{module}.access", lambda: access)

    def come_(role: Role | None) -> Access:
        given = {} if role is None else signed_in.cookies(**signed_in.PEOPLE[role])
        monkeypatch.setattr(type(st.context), "cookies", given)
        return access

    return come_


@pytest.fixture
def busy(services, picture, tmp_path) -> Services:
    """An index with something to do in every state of a job."""
    red = picture("a/red.png")
    (red.parent / "words.jpg").write_text("words")
    services.jobs.wait(services.library.add([str(red.parent)], auto_start=True), 30)  # one file failed
    services.jobs.wait(services.library.add([str(picture("b/blue.png").parent)]), 30)  # planned
    services.jobs.wait(paused := services.library.add([str(picture("c/green.png").parent)]), 30)
    services.library.journal.update(paused, status=Status.PAUSED)
    return services


def state(services: Services, access: Access) -> object:
    """All that an action of a page could change."""
    return (
        [(job.id, job.status, job.requested, job.prunes) for job in services.jobs.states()],
        services.library.journal.sources.all(),
        services.index.count(),
        [(token.id, token.name) for token in access.tokens.all(COMMAND_LINE)],
        [(one.who, one.action) for one in access.audit.entries()],
        shared.collections().all(),
        services.versions.all(),
    )


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.ADMIN])
def test_what_is_offered_on_the_search_page(corpus, come, open_page, role):
    come(role)
    at = open_page(q="red")
    assert not at.exception
    offered = Component(at, "gallery").data["routes"].keys()
    assert {"exports", "tags"} <= offered if role >= Role.EDITOR else not {"exports", "tags"} & offered
    assert {"search", "thumbnails", "images", "explain"} <= offered
    assert Component(at, "query").data["saves"] is (role >= Role.EDITOR)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.ADMIN])
def test_an_empty_index_invites_who_may_fill_it(services, come, open_page, role):
    come(role)
    labels = {button.label for button in open_page().button}
    assert ("Add pictures" in labels) is (role is Role.ADMIN)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_the_ingest_page_is_for_admins(busy, come, open_page, role):
    come(role)
    with pytest.raises(ValueError, match=r"Could not find a navigation page for .*ingest\.py"):
        open_page("ingest.py")


@pytest.mark.parametrize(("page", "role"), forged(), ids=lambda one: getattr(one, "name", str(one)))
def test_every_action_is_refused_when_it_is_sent_all_the_same(busy, come, open_page, role, page):
    """By a page that was drawn for an admin, whose role or session has ended since; listed by the page itself."""
    access, file = come(Role.ADMIN), f"{page.name}.py"
    access.tokens.create("Nightly", Role.ADMIN, COMMAND_LINE)
    at = open_page(file)
    assert not at.exception
    before = state(busy, access)
    widgets = [(kind, place) for kind in ("button", "toggle") for place in range(len(at.get(kind)))]
    assert len(widgets) >= LEAST.get(page.name, 0), [widget.label for widget in at.button]
    sent = [(name, event) for name in page.components for event in events(name) if mounted(at, name)]
    for name, what in (*widgets, *sent):
        come(Role.ADMIN)
        at.run().switch_page(file).run()  # drawn anew, now that the pages of an admin are there again
        component = Component(at, name) if isinstance(what, str) else None
        come(role)
        if component and isinstance(what, str):
            component.trigger(what, SENT.get(what))
        else:
            widget = at.get(name)[what]
            (widget.click() if name == "button" else widget.set_value(not widget.value)).run()
        assert not at.exception, (name, what)
        assert state(busy, access) == before, (name, what)


def test_they_are_done_for_who_may(busy, come, open_page):
    access = come(Role.ADMIN)
    at = open_page("ingest.py")
    next(button for button in at.button if button.label == "Scan again").click().run()
    newest = busy.jobs.states()[0]
    assert newest.started_by == "ada@example.com"
    assert (newest.started_by, "Scanned") in {(one.who, one.action) for one in access.audit.entries()}


@pytest.mark.parametrize("role", [None, Role.NOBODY], ids=str)
def test_who_is_not_let_in_sees_nothing(corpus, come, open_page, role):
    """What stands before the page does not let them in; the page itself does not either."""
    come(role)
    at = open_page(q="red")
    assert not at.exception
    assert not at.get("bidi_component") or all(
        element.proto.component_name.endswith("frame") for element in at.get("bidi_component")
    )
    assert ("You are not signed in" if role is None else "You may not do this") in texts(at)


def test_without_sign_in_there_is_no_page_about_it(services, open_page):
    with pytest.raises(ValueError, match=r"Could not find a navigation page for .*access\.py"):
        open_page("access.py")


def test_a_visitor_is_who_has_signed_in(come):
    come(Role.EDITOR)
    assert (visitor().label, visitor().role) == ("eve@example.com", Role.EDITOR)
    come(None)
    with pytest.raises(NotSignedIn):
        visitor()


def acting() -> set[str]:
    """The methods that do something for somebody: they take `by`."""
    return {
        name
        for kind in ACTING
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if "by" in inspect.signature(method).parameters
    }


def calls(folder: str) -> Iterator[tuple[Path, ast.Call]]:
    """Of these methods, as far as it can be told from what they are called on."""
    names = acting()
    for file in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
                on = ast.unparse(node.func.value).split(".")[-1]
                if node.func.attr == "all" and on != "tokens":  # others that are of no special kind
                    continue
                if on.removeprefix("_").removesuffix("()") in {
                    "services",
                    "collections",
                    "library",
                    "following",
                    "jobs",
                    "tokens",
                    "versions",
                    "control",
                }:
                    yield file, node


def test_pages_and_routes_say_for_whom_they_act():
    """What they do not say would be done as the app itself, which may do everything."""
    assert {"add", "remove", "follow", "start", "cancel", "create", "revoke", "start_uploads", "reembed"} <= acting()
    found = [call for folder in ("core/ui", "core/api", "pages") for call in calls(folder)]
    assert len(found) >= 5
    for file, call in found:
        given = [*map(ast.unparse, call.args), *(keyword.arg for keyword in call.keywords)]
        assert any(one == "by" or one in {"actor(request)", "visitor()"} for one in given), f"{file}:{call.lineno}"
