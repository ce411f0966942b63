"""Commands about tokens, by which programs are let into an app where people sign in."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.access.actors import COMMAND_LINE
from core.access.roles import ROLES
from core.cli.console import AsJson, app, expected_errors, open_services, print_json, say
from core.errors import TokenRefused
from core.text.command import command
from core.text.names import utf8_safe

if TYPE_CHECKING:
    from core.access.tokens import Token, Tokens
    from core.services import Services

tokens_app = typer.Typer(
    help="Make, list and revoke tokens: for programs, where people sign in.", invoke_without_command=True
)
app.add_typer(tokens_app, name="tokens")

_UNITS = {"h": 3600.0, "d": 24 * 3600.0}  # seconds
_ROLES = {role.word: role for role in ROLES}


@tokens_app.callback()
@expected_errors
def list_command(context: typer.Context, as_json: AsJson = False) -> None:
    """List the tokens: who made each, what it may do, until when, and when it was last used."""
    if not context.invoked_subcommand:
        _list(as_json)


@tokens_app.command(name="list")
@expected_errors
def list_named(as_json: AsJson = False) -> None:
    """List the tokens."""
    _list(as_json)


@tokens_app.command(name="create")
@expected_errors
def create_command(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False, help="What it is for.")],
    role: Annotated[str, typer.Option(help=f"What it may do: {', '.join(_ROLES)}.")] = ROLES[0].word,
    expires: Annotated[str, typer.Option(help="After how many days (90d) or hours (12h), or never.")] = "90d",
    as_json: AsJson = False,
) -> None:
    """Make a token, and print it: it is not shown again. Send it as `Authorization: Bearer TOKEN`."""
    if role not in _ROLES:
        raise TokenRefused(f"There is no role {role}.", f"Use {', '.join(_ROLES)}.")
    services, seconds = open_services(), _seconds(expires)
    token, text = _tokens(services).create(name, _ROLES[role], COMMAND_LINE, seconds=seconds)
    services.audit.note(COMMAND_LINE, "Created a token", f"{token.name} ({token.role.word})")
    if as_json:
        print_json({**_summary(token), "token": text})
    else:
        say(text)


@tokens_app.command(name="revoke")
@expected_errors
def revoke_command(
    token_id: Annotated[int, typer.Argument(metavar="ID", show_default=False, help="The number that `tokens` lists.")],
) -> None:
    """Revoke a token. What uses it stops working at once."""
    services = open_services()
    name = _tokens(services).revoke(token_id, COMMAND_LINE)
    services.audit.note(COMMAND_LINE, "Revoked a token", name)
    say(f"Revoked the token “{name}”.", err=True)


def _list(as_json: bool) -> None:
    tokens = _tokens(open_services()).all(COMMAND_LINE)
    if as_json:
        print_json([_summary(token) for token in tokens])
        return
    for token in tokens:
        until = f"until {_day(token.expires_at)}" if token.expires_at else "no end"
        used = f"used {_day(token.last_used_at)}" if token.last_used_at else "never used"
        state = "expired" if token.has_expired else until
        say(f"{token.id:>5}  {token.role.word:<6}  {state:<16}  {used:<15}  {utf8_safe(token.name)}")
    if not tokens:
        say(f"No tokens yet. Make one: {command('tokens create NAME')}", err=True)


def _tokens(services: "Services") -> "Tokens":
    from core.access.roles import Rules
    from core.access.tokens import Tokens
    from core.database import Database

    settings = services.settings
    rules = Rules(settings.viewers, settings.editors, settings.admins)
    return Tokens(Database(settings.journal), rules)


def _seconds(expires: str) -> float | None:
    if expires == "never":
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,4})([dh])", expires)
    if not found:
        raise TokenRefused(f"“{expires}” cannot be read.", "Use days (90d), hours (12h) or never.")
    return int(found[1]) * _UNITS[found[2]]


def _day(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment):%Y-%m-%d}"


def _iso(moment: float | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def _summary(token: "Token") -> dict[str, Any]:
    return {
        "id": token.id,
        "name": utf8_safe(token.name),
        "role": token.role.word,
        "made_by": utf8_safe(token.made_by),
        "created": _iso(token.created_at),
        "expires": _iso(token.expires_at),
        "last_used": _iso(token.last_used_at),
    }
