"""The page about access: tokens are made and revoked, and admins see who did what."""

import pytest

from core.access.actors import COMMAND_LINE
from core.access.roles import Role
from core.ui.access.view import linked
from tests.pages.conftest import texts
from tests.pages.test_roles import come as come  # a fixture


def submit(at, label):
    return next(button for button in at.button if button.label == label).click().run()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.ADMIN])
def test_a_token_is_made_shown_once_and_revoked(services, come, open_page, role):
    access = come(role)
    at = open_page("access.py")
    assert at.selectbox[0].options == ["viewer", "editor", "admin"][: int(role)]
    at.text_input[0].set_value("Nightly")
    at.selectbox[0].set_value(role)
    submit(at, "Create token")
    assert not at.exception
    (shown,) = at.code
    assert access.by_token(shown.value).role is role
    assert "never used" in texts(at)
    assert not at.run().code
    (token,) = access.tokens.all(COMMAND_LINE)
    assert token.expires_at - token.created_at == 90 * 24 * 3600
    submit(at, "Revoke token")
    assert access.tokens.all(COMMAND_LINE) == []
    assert {"Created a token", "Revoked a token"} <= {one.action for one in access.audit.entries()}
    assert shown.value not in str(access.audit.entries())


def test_a_token_needs_a_name(services, come, open_page):
    access = come(Role.VIEWER)
    at = submit(open_page("access.py"), "Create token")
    assert "needs a name" in at.error[0].value
    assert access.tokens.all(COMMAND_LINE) == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.ADMIN])
def test_who_did_what_is_for_admins(services, come, open_page, role):
    access = come(role)
    access.audit.note(COMMAND_LINE, "Exported", "3 pictures as csv: red")
    access.tokens.create("Nightly", Role.VIEWER, COMMAND_LINE)
    at = open_page("access.py")
    assert not at.exception
    headings = [heading.value for heading in at.subheader]
    assert headings == (["Tokens", "Roles", "Activity"] if role is Role.ADMIN else ["Tokens"])
    assert ("Nightly" in texts(at)) is (role is Role.ADMIN), "others' tokens"
    assert (role is Role.ADMIN) is bool(at.dataframe)
    if role is Role.ADMIN:
        assert "red" in at.dataframe[1].value["On what"][0]
        assert list(at.dataframe[0].value["Who"]) == ["nobody"] * 3
    else:
        assert "ask the curators" in texts(at)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("o'brien@example.com", r"[o'brien@example\.com](mailto:o%27brien@example.com)"),
        ("a&b?subject=x@c.org.", r"[a&b?subject=x@c\.org](mailto:a%26b%3Fsubject%3Dx@c.org)\."),
        ("ö_x@b.org or (the) *team*", r"[ö\_x@b\.org](mailto:%C3%B6_x@b.org) or \(the\) \*team\*"),
    ],
)
def test_addresses_are_linked_whole(said, shown):
    assert linked(said) == shown
