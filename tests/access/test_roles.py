"""Who has which role: by address, domain or group, as the settings say."""

import pytest

from core.access.actors import APP, NOBODY, Actor, person
from core.access.roles import Person, Role, Rules
from core.errors import AccessDenied
from core.members import addresses, normal_email, parse_member


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("*", "*"),
        ("Ana@Example.com", "ana@example.com"),
        ("@Example.COM", "@example.com"),
        ("group:Curators", "group:Curators"),
        ("Group: The curators ", "group:The curators"),
        ("group:a@b", "group:a@b"),
    ],
)
def test_members(text, member):
    assert parse_member(text) == member


@pytest.mark.parametrize(
    "text", ["ana", "example.com", "ana@", "@", "a@b@c", "group:", "group: ", "*@example.com", "a b@c"]
)
def test_what_is_no_member(text):
    with pytest.raises(ValueError, match="expected ana@"):
        parse_member(text)


RULES = Rules(
    viewers=("@example.com", "group:readers"), editors=("group:curators", "bo@example.org"), admins=("ada@example.com",)
)


@pytest.mark.parametrize(
    ("email", "groups", "role"),
    [
        ("ada@example.com", (), Role.ADMIN),
        ("vera@example.com", (), Role.VIEWER),
        ("vera@example.com", ("curators",), Role.EDITOR),
        ("bo@example.org", (), Role.EDITOR),
        ("", ("readers",), Role.VIEWER),
        ("", ("Readers", "curator", "group:curators"), Role.NOBODY),  # as the provider spells them
        ("vera@sub.example.com", (), Role.NOBODY),
        ("vera@notexample.com", (), Role.NOBODY),
        ("@example.com", (), Role.NOBODY),
        ("", (), Role.NOBODY),
    ],
)
def test_the_highest_role_that_somebody_is_named_for(email, groups, role):
    assert RULES.role_of(normal_email(email), groups) is role


def test_everybody():
    assert Rules(viewers=("*",)).role_of("", ()) is Role.VIEWER
    assert Rules(admins=("@example.com",)).role_of("", ()) is Role.NOBODY, "without a verified address"


@pytest.mark.parametrize("text", ["ada@example.com\n@example.org", "a b@example.com", "a@b@example.com", "ada", "@x"])
def test_what_is_no_address_is_nobodys(text):
    assert normal_email(text) == ""


def test_whom_to_ask():
    assert addresses(("ada@example.com", "@example.com", "group:x", "group:a@b", "*")) == ["ada@example.com"]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("needed", list(Role))
def test_each_role_may_do_what_those_before_it_may(role, needed):
    who = Actor("Ana", role=role)
    assert who.may(needed) is (role >= needed)
    if role >= needed:
        who.check(needed)
    else:
        with pytest.raises(AccessDenied, match=f"This takes the role {needed.word}"):
            who.check(needed)


def test_the_app_and_who_is_not_known():
    assert APP.may(Role.ADMIN)
    assert not NOBODY.may(Role.VIEWER)


def test_a_person_is_known_in_every_browser_and_named_by_what_there_is():
    ana = Person("https://id.example.com 1", "Ana", "ana@example.com")
    assert person(ana, Role.VIEWER) == person(ana, Role.VIEWER)
    assert person(ana, Role.VIEWER).key != person(Person("https://id.example.org 1"), Role.VIEWER).key
    labels = [
        person(Person("1", name, email), Role.VIEWER).label for name, email in (("Ana", "a@b"), ("Ana", ""), ("", ""))
    ]
    assert labels == ["a@b", "Ana", "1"]
    assert len(person(Person("1", "x" * 1000), Role.VIEWER).label) == 200
