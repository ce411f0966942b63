"""Who asks for something to be done, and what they may."""

import hashlib
import re
from dataclasses import dataclass

from core.access.roles import Person, Role
from core.errors import AccessDenied
from core.text.names import printable

TOKEN_PREFIX = "ims_"  # noqa: S105 - of all of them
"""What tokens begin with, so that people and programs that look for secrets know one."""

MAX_LABEL = 200
"""Characters, as many as are kept of who has done something."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for something to be done."""

    label: str = ""
    """For people: `ana@example.com`, `Firefox on Linux`, `command line`; empty: the app itself."""
    key: str = ""
    """Tells one person or browser from another; empty where there is none."""
    role: Role = Role.ADMIN
    """Without sign-in, everybody may do everything."""

    def may(self, role: Role) -> bool:
        """Whether they may do what takes this role."""
        return self.role >= role

    def check(self, role: Role) -> None:
        """
        Raises:
            AccessDenied: they may not do what takes this role.
        """
        if self.may(role):
            return
        raise AccessDenied(
            f"This takes the role {role.word}. " + (f"Yours is {self.role.word}." if self.role else "You have none."),
            "Ask an admin of this app for it.",
        )


APP = Actor()

NOBODY = Actor(role=Role.NOBODY)
"""Somebody of whom nothing is known, where signing in is asked for."""

COMMAND_LINE = Actor("command line")
"""Whoever may write the data folder."""

COOKIE = "image_search_browser"
"""What a browser is known by, so that its own jobs are its own after a reload too: a number that says nothing."""

_BROWSERS = (
    (r"Edg(?:e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
)
_SYSTEMS = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"CrOS", "ChromeOS"),
    (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "Mac"),
    (r"Linux|X11", "Linux"),
)


def browser(user_agent: str, secret: str) -> Actor:
    """A browser, by the header that it sends and by something that it alone has."""
    return Actor(browser_label(user_agent), browser_key(secret))


def person(who: Person, role: Role) -> Actor:
    """Somebody who has signed in, whichever browser they use."""
    return Actor(printable(who.email or who.name or who.subject)[:MAX_LABEL], browser_key(who.subject), role)


def by_whom(label: str) -> str:
    """Who has done something, behind a verb: `from the command line`, `by Firefox on Linux`."""
    if label == COMMAND_LINE.label:
        return f"from the {label}"
    return f"by {label[0].lower()}{label[1:]}" if label.startswith("A ") else f"by {label}"


def browser_label(user_agent: str) -> str:
    """What to call a browser: `Firefox on Linux`; "A browser" where its header says nothing known."""
    browser, system = _first(_BROWSERS, user_agent) or "A browser", _first(_SYSTEMS, user_agent)
    return f"{browser} on {system}" if system else browser


def browser_key(secret: str) -> str:
    """Tells browsers apart without giving away what they are known by; empty for one of which nothing is known."""
    return hashlib.sha256(secret.encode()).hexdigest()[:16] if secret else ""


def _first(patterns: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for pattern, name in patterns if re.search(pattern, text)), "")
