"""What people may do: three roles, and who has which."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum

from core.members import is_member


class Role(IntEnum):
    """Each may do what those before it may."""

    NOBODY = 0
    """Of whom nothing is known: learns whether the server is up."""
    VIEWER = 1
    """Looks: searches, opens pictures, opens saved searches."""
    EDITOR = 2
    """Tags, saves and exports."""
    ADMIN = 3
    """Ingests, and administers."""

    @property
    def word(self) -> str:
        return self.name.lower()


ROLES = (Role.VIEWER, Role.EDITOR, Role.ADMIN)
"""Those that people have."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has signed in, as far as the provider tells."""

    subject: str
    """What the provider knows them by, which never changes; with the provider's own name."""
    name: str = ""
    email: str = ""
    """As `core.members.normal_email` gives it; empty where there is none, or the provider has not verified it."""
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rules:
    """Who has which role: the highest that they are named for.

    Each is a list of members as `core.members.parse_member` gives them.
    """

    viewers: Sequence[str] = ()
    editors: Sequence[str] = ()
    admins: Sequence[str] = ()

    def role_of(self, email: str, groups: Collection[str]) -> Role:
        """`NOBODY` for somebody who is not named at all."""
        named = {Role.ADMIN: self.admins, Role.EDITOR: self.editors, Role.VIEWER: self.viewers}
        return next((role for role, members in named.items() if _any(members, email, groups)), Role.NOBODY)


def _any(members: Sequence[str], email: str, groups: Collection[str]) -> bool:
    return any(is_member(member, email, groups) for member in members)
