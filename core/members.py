"""Who is meant by a setting: people, by their e-mail address, its domain, or a group that they are in."""

import re
from collections.abc import Collection

EVERYONE = "*"

_GROUP = "group:"
_ADDRESS = re.compile(r"[^@\s,:*]*@[^@\s,:*]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def parse_member(text: str) -> str:
    """What a setting says, in one spelling: `ana@example.com`, `@example.com`, `group:curators` or `*`.

    Raises:
        ValueError: it is none of these; says what was expected.
    """
    if text == EVERYONE:
        return text
    if text[: len(_GROUP)].lower() == _GROUP and (group := text[len(_GROUP) :].strip()):
        return _GROUP + group  # as the provider spells it
    if _ADDRESS.fullmatch(text):
        return text.casefold()
    raise ValueError("expected ana@example.com, @example.com for all of a domain, group:curators, or * for everyone")


def normal_email(text: str) -> str:
    """An address as it is compared; empty for what is none."""
    email = text.strip().casefold()
    return email if _EMAIL.fullmatch(email) else ""


def is_member(member: str, email: str, groups: Collection[str]) -> bool:
    """Whether somebody is meant.

    Args:
        member: As `parse_member` gives it.
        email: As `normal_email` gives it.
    """
    if member == EVERYONE:
        return True
    if member.startswith(_GROUP):
        return member.removeprefix(_GROUP) in groups
    if member.startswith("@"):
        return bool(email) and email.rpartition("@")[2] == member[1:]
    return email == member


def addresses(members: Collection[str]) -> list[str]:
    """Of single people among them."""
    return [member for member in members if _EMAIL.fullmatch(member) and not member.startswith(_GROUP)]
