"""Tokens for programs: worth what their maker may do, until they expire or are revoked."""

import re
from contextlib import closing

import pytest
from sqlalchemy import select

from core.access.actors import COMMAND_LINE, Actor, person
from core.access.roles import Person, Role, Rules
from core.access.tables import tokens as table
from core.access.tokens import DAY, MAX_TOKENS, Tokens
from core.database import Database, transaction
from core.errors import NotSignedIn, StorageUnavailable, TokenRefused
from tests.signed_in import RULES

VERA, ADA = Person("v", email="vera@example.com"), Person("a", email="ada@example.com")
EVE = Person("e", email="eve@example.com", groups=frozenset({"curators"}))


class Clock:
    now = 1_900_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def database(tmp_path):
    with closing(Database(str(tmp_path / "jobs.db"))) as made:
        yield made


@pytest.fixture
def tokens(database, clock):
    return Tokens(database, RULES, clock)


def of(who: Person) -> Actor:
    return person(who, RULES.role_of(who.email, who.groups))


def made(tokens, who, role, **options):
    return tokens.create("Nightly", role, of(who), maker=who, **options)


def test_it_is_shown_once_and_kept_as_a_hash(tokens, database):
    token, text = made(tokens, ADA, Role.EDITOR)
    assert re.fullmatch(r"ims_[A-Za-z0-9_-]{43}", text)
    with transaction(database.engine) as connection:
        (row,) = connection.execute(select(table)).all()
    assert text not in repr(row)
    assert text.removeprefix("ims_") not in repr(row)
    assert text not in repr(token)
    assert made(tokens, ADA, Role.EDITOR)[1] != text


def test_it_stands_for_its_maker(tokens):
    _, text = made(tokens, ADA, Role.EDITOR)
    who = tokens.actor(text)
    assert (who.label, who.role) == ("token “Nightly” of ada@example.com", Role.EDITOR)
    assert who.key != of(ADA).key
    assert tokens.actor(tokens.create("Backup", Role.VIEWER, COMMAND_LINE)[1]).label == "token “Backup”"


@pytest.mark.parametrize(
    ("who", "role", "allowed"),
    [
        *((VERA, Role.VIEWER, True), (VERA, Role.EDITOR, False), (VERA, Role.ADMIN, False)),
        *((EVE, Role.EDITOR, True), (EVE, Role.ADMIN, False), (ADA, Role.ADMIN, True), (ADA, Role.NOBODY, False)),
    ],
)
def test_it_may_do_no_more_than_its_maker(tokens, who, role, allowed):
    if allowed:
        assert tokens.actor(made(tokens, who, role)[1]).role is role
    else:
        with pytest.raises(TokenRefused):
            made(tokens, who, role)


def test_it_loses_what_its_maker_has_lost(tokens, database, clock):
    texts = [made(tokens, ADA, Role.ADMIN)[1], made(tokens, EVE, Role.EDITOR)[1]]
    later = Tokens(database, Rules(viewers=("ada@example.com",)), clock)
    assert later.actor(texts[0]).role is Role.VIEWER
    with pytest.raises(NotSignedIn, match="not valid"):
        later.actor(texts[1])


@pytest.mark.parametrize(
    "text", ["", "ims_", "ims_" + "a" * 43, "ims_" + "a" * 44, "x" * 47, "ims_" + "é" * 43, "ims_%00"]
)
def test_what_is_none(tokens, text):
    made(tokens, ADA, Role.ADMIN)
    with pytest.raises(NotSignedIn, match=r"This token is not valid\."):
        tokens.actor(text)


def test_one_that_was_revoked_is_none(tokens):
    token, text = made(tokens, ADA, Role.ADMIN)
    assert tokens.revoke(token.id, of(ADA)) == "Nightly"
    with pytest.raises(NotSignedIn) as revoked:
        tokens.actor(text)
    with pytest.raises(NotSignedIn) as wrong:
        tokens.actor("ims_" + "a" * 43)
    assert str(revoked.value) == str(wrong.value)
    with pytest.raises(TokenRefused):
        tokens.revoke(token.id, of(ADA))


def test_one_that_has_expired_says_so(tokens, clock):
    _, text = made(tokens, ADA, Role.ADMIN, seconds=30 * DAY)
    clock.now += 30 * DAY - 1
    assert tokens.actor(text)
    clock.now += 1
    with pytest.raises(NotSignedIn, match=r"This token expired on 2030-04-16\."):
        tokens.actor(text)


def test_when_it_was_used(tokens, clock):
    _, text = made(tokens, ADA, Role.ADMIN)
    assert tokens.all(of(ADA))[0].last_used_at is None
    for seconds, noted in ((0, 0), (59, 0), (60, 60)):
        clock.now = Clock.now + seconds
        tokens.actor(text)
        assert tokens.all(of(ADA))[0].last_used_at == Clock.now + noted


def test_people_see_their_own_and_admins_all(tokens):
    for who in (VERA, EVE, ADA):
        made(tokens, who, Role.VIEWER)
    assert [token.made_by for token in tokens.all(of(VERA))] == ["vera@example.com"]
    assert len(tokens.all(of(ADA))) == len(tokens.all(COMMAND_LINE)) == 3
    eves = next(token for token in tokens.all(of(EVE)))
    with pytest.raises(TokenRefused):
        tokens.revoke(eves.id, of(VERA))
    assert tokens.revoke(eves.id, of(ADA))


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**70])
def test_a_number_that_none_has(tokens, number):
    with pytest.raises(TokenRefused):
        tokens.revoke(number, of(ADA))


@pytest.mark.parametrize(
    ("name", "kept"), [("  Nightly \n build ", "Nightly build"), ("", None), (" ", None), ("x" * 101, None)]
)
def test_names(tokens, name, kept):
    if kept is None:
        with pytest.raises(TokenRefused, match="name"):
            tokens.create(name, Role.VIEWER, COMMAND_LINE)
    else:
        assert "Nightly" in tokens.create(name, Role.VIEWER, COMMAND_LINE)[0].name


def test_there_are_not_too_many(tokens):
    for _ in range(MAX_TOKENS):
        made(tokens, VERA, Role.VIEWER)
    with pytest.raises(TokenRefused, match="Revoke"):
        made(tokens, VERA, Role.VIEWER)
    assert made(tokens, EVE, Role.VIEWER)


def test_without_a_database_nobody_is_let_in(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailable):
        Tokens(Database(str(tmp_path / "file" / "jobs.db")), RULES).actor("ims_" + "a" * 43)
