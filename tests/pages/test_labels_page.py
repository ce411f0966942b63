"""The page about labels, without a browser: which part it shows, and what its component is given."""

import pytest

from core.access.roles import Role
from tests.pages.conftest import Component
from tests.pages.test_component_types import assert_has


def test_a_part_with_its_routes(services, open_page):
    at = open_page("labels.py")
    assert not at.exception
    data = Component(at, "labels").data
    assert_has("LabelsData", "labels", data)
    assert_has("Routes", "labels", data["routes"])
    assert (data["section"], data["edits"], data["search"]) == ("classes", True, "/search")
    assert data["routes"]["labels"] == "/api/v1/labels"


@pytest.mark.parametrize("section", ["suspicious", "leakage", "balance", "unlabelled", "pick"])
def test_each_part_can_be_chosen(services, open_page, section):
    at = open_page("labels.py")
    at.button_group(key="section").set_value(section).run()
    assert not at.exception
    assert Component(at, "labels").data["section"] == section


def test_those_who_only_look_are_offered_nothing_to_change(services, open_page, monkeypatch):
    monkeypatch.setattr("core.ui.labels.view.may", lambda role: role <= Role.VIEWER)
    assert Component(open_page("labels.py"), "labels").data["edits"] is False
