"""The parts of the page about access: one's own role, tokens, and for admins the roles of all and what was done."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from urllib.parse import quote

import streamlit as st

from core.access.actors import Actor
from core.access.roles import ROLES, Role
from core.access.tokens import DAY, MAX_NAME, Token
from core.errors import ImageSearchError
from core.text.names import utf8_safe
from core.text.words import ago, counted
from core.ui.access.login import access
from core.ui.jobs.actions import attempt
from core.ui.notices import plain, tell
from core.ui.server import server_settings
from core.ui.who import may, session, visitor

_MADE = "token-made"
_LIFETIMES = {"30 days": 30 * DAY, "90 days": 90 * DAY, "1 year": 365 * DAY, "No end": None}
_MAX_SHOWN = 500
_ADDRESS = re.compile(r"([^\s,;()<>@]+@[^\s,;()<>@]*[^\s,;()<>@.])")
_MAY = {
    Role.VIEWER: "look",
    Role.EDITOR: "look, tag, save searches and export",
    Role.ADMIN: "look, tag, save searches, export, ingest and administer",
}


def identity() -> None:
    """As whom one has signed in, and what for."""
    tell()
    who = visitor()
    st.markdown(
        f"You are signed in as **{linked(who.label)}**, with the role **{who.role.word}**: you may {_MAY[who.role]}."
    )
    if not may(Role.ADMIN):
        st.caption(f"For another role, ask {linked(access().whom_to_ask())}.")


def linked(text: str) -> str:
    """With each address as a link to all of it: by itself, Markdown links `brien@…` of `o'brien@…`."""
    parts = _ADDRESS.split(text)
    return "".join(
        f"[{plain(one)}](mailto:{quote(one, safe='@')})" if at % 2 else plain(one) for at, one in enumerate(parts)
    )


def tokens() -> None:
    """Those that there are, and the way to make another."""
    st.subheader("Tokens", anchor=False)
    st.caption("For scripts and agents, in the header `Authorization: Bearer TOKEN`. A token may do what its role may.")
    _new_token()
    kept = access().tokens.all(visitor())
    if not kept:
        st.caption("No tokens yet.")
    for token in kept:
        _show(token)


def _new_token() -> None:
    who = visitor()
    if text := st.session_state.pop(_MADE, None):
        with st.container(border=True, key="token-made-box"):
            st.markdown(":material/key: **Copy the token now.** It is not shown again.")
            st.code(text, language=None, wrap_lines=True)
    with st.form("new-token", clear_on_submit=True), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name", key="token-name", max_chars=MAX_NAME, placeholder="What it is for")
        role = st.selectbox(
            "Role", [role for role in ROLES if who.may(role)], format_func=lambda role: role.word, width=160
        )
        lifetime = st.selectbox("Valid for", list(_LIFETIMES), index=1, width=160)
        made = st.form_submit_button("Create token", icon=":material/add:", type="primary")
    if made:
        _create(name or "", role, _LIFETIMES[lifetime])


def _create(name: str, role: Role, seconds: float | None) -> None:
    by, signed_in = visitor(), session()
    try:
        token, text = access().tokens.create(
            name, role, by, seconds=seconds, maker=signed_in.person if signed_in else None
        )
    except ImageSearchError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    access().audit.note(by, "Created a token", f"{token.name} ({token.role.word})")
    st.session_state[_MADE] = text
    st.rerun()


def _show(token: Token) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch", gap=None):
            st.markdown(f"**{plain(utf8_safe(token.name))}** :gray[· {token.role.word}]")
            st.caption(plain(" · ".join(_facts(token))))
        with st.popover("Revoke", icon=":material/block:"):
            st.markdown("What uses it stops working at once.")
            st.button(
                "Revoke token",
                key=f"revoke-{token.id}",
                type="primary",
                on_click=attempt,
                args=(_revoke, token.id),
                kwargs={"told": lambda name: f"Revoked the token “{plain(name)}”."},
            )


def _facts(token: Token) -> list[str]:
    ends = datetime.fromtimestamp(token.expires_at) if token.expires_at else None
    until = "no end" if ends is None else f"{'expired' if token.has_expired else 'valid until'} {ends:%-d %B %Y}"
    used = f"last used {ago(token.last_used_at)}" if token.last_used_at else "never used"
    return [f"made {ago(token.created_at)} by {utf8_safe(token.made_by)}", until, used]


def _revoke(token_id: int, *, by: Actor) -> str:
    name = access().tokens.revoke(token_id, by)
    access().audit.note(by, "Revoked a token", name)
    return name


def roles() -> None:
    """For admins: who has which, as the settings say."""
    if not may(Role.ADMIN):
        return
    settings = server_settings()
    st.subheader("Roles", anchor=False)
    st.dataframe(
        {
            "Role": [role.word for role in ROLES],
            "May": [_MAY[role] for role in ROLES],
            "Who": [", ".join(who) or "nobody" for who in (settings.viewers, settings.editors, settings.admins)],
        },
        hide_index=True,
        key="roles",
        alt="Roles, what each may do, and who has it",
    )
    st.caption("Set with IMAGE_SEARCH_VIEWERS, IMAGE_SEARCH_EDITORS and IMAGE_SEARCH_ADMINS when the app starts.")


def activity() -> None:
    """For admins: who did what, the latest first."""
    if not may(Role.ADMIN):
        return
    audit = access().audit
    st.subheader("Activity", anchor=False)
    entries = audit.entries(_MAX_SHOWN + 1)
    if not entries:
        st.caption("Nothing yet.")
        return
    st.download_button(
        "Download CSV",
        data=partial(_csv, dict(st.context.cookies)),
        file_name="activity.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="activity-csv",
    )
    shown = entries[:_MAX_SHOWN]
    st.dataframe(
        {
            "Time": [datetime.fromtimestamp(one.at) for one in shown],
            "Who": [one.who for one in shown],
            "What": [one.action for one in shown],
            "On what": [one.subject for one in shown],
        },
        hide_index=True,
        key="activity",
        column_config={"Time": st.column_config.DatetimeColumn(format="D MMM, HH:mm")},
        alt="Who did what, newest first",
    )
    if len(entries) > _MAX_SHOWN:
        st.caption(f"The latest {counted(_MAX_SHOWN, 'line')}. The CSV has all of them.")


def _csv(cookies: Mapping[str, str]) -> bytes:
    """Made when it is asked for, where there is no page: whoever asks then may not any more."""
    access().visitor(cookies, "").check(Role.ADMIN)
    return b"".join(access().audit.csv())
