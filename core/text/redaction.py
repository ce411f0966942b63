"""Passwords and keys, kept out of all that people read: messages, answers, records, logs."""

import logging
import re
from base64 import b64encode
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote

_HIDDEN = "***"
_UNTOLD = "…"
_SHORTEST = 3  # characters; of shorter ones every text is full

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SERVER = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{0,5})?")
_PATH = re.compile(r"(/[^?#@&;=:]*)?")
# Up to the last @ before the next address or the end of the line, as a password may hold any character, blanks too;
# then to the end of the word.
_EMBEDDED = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://(?:(?:(?![\s\"'(<\[,]+[A-Za-z][A-Za-z0-9+.-]*://)[^\n])*@)?[^\s\"'<>]*"
)

# Whatever ends like this, in whatever writing: apiKey, X-Amz-Signature, dbpass, auth_token.
_SECRET_NAME = re.compile(
    r"(pw|pwd|pass|passwd|password|passwort|passcode|passphrase"
    r"|auth|authorization|authentication|bearer|sig|signature|hmac|sas|jwt|saml|assertion"
    r"|token|tok|key|keyid|secret|credential|cred|cookie|session|sessionid|sid|ticket|otp)s?$"
)
_SECRET_PREFIX = re.compile(r"x(amz|goog|ms|oss|cos)|.*(passw|secret|token|apikey|accesskey)")
_ASSIGNED = re.compile(r"(?P<name>[A-Za-z][\w.-]*)(?P<sign>\s*[=:]\s*)(?P<value>\"[^\"]*\"|'[^']*'|[^\s&;,]+)")
_BEARER = re.compile(r"\b(Bearer|Basic|ApiKey)\s+[A-Za-z0-9+/=._~-]{3,}", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Whether a parameter of this name holds something that lets one in."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return bool(_SECRET_NAME.search(plain) or _SECRET_PREFIX.match(plain))


def holds_secret(url: str) -> bool:
    """Whether an address has a user name, a password, or a parameter that is secret by its name; also an address
    within it."""
    rest = _after_scheme(url)
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority or re.search(r"//[^/?#&]*@", unquote(rest)):
        return True
    if "@" in rest and not re.search(r"^[^:]*(:[0-9]+)?$|\]", authority):
        return True  # a password that its first slash cuts off
    names = re.findall(r"(?:^|[?&;#])([^=&;?#/]+)=", unquote(rest))
    return any(map(is_secret_name, names))


def without_secrets(url: str) -> str:
    """The address of a server for people to read: without user name, password, query and fragment.

    Where it is not written as an address is, nobody can tell which part of it is the password: it is not shown at all.
    """
    scheme = match[0] if (match := _SCHEME.match(url)) else ""
    authority, slash, path = re.split(r"[?#]", _after_scheme(url), maxsplit=1)[0].partition("/")
    server = authority.rpartition("@")[2]
    if "@" in url[len(scheme) + len(authority) :] or not _SERVER.fullmatch(server):
        return f"{scheme}{_UNTOLD}"
    return f"{scheme}{server}{slash + path if _PATH.fullmatch(slash + path) else ''}"


def told(location: str) -> str:
    """A path or an address that was typed, as it may be said again: itself, unless there is a secret in it."""
    return without_secrets(location) if holds_secret(location) else location


def scrubbed(text: str) -> str:
    """What a library says, without the passwords and keys of the addresses and parameters in it."""
    text = _EMBEDDED.sub(lambda found: without_secrets(found[0].rstrip(".,:;)")), text)
    text = _BEARER.sub(lambda found: f"{found[1]} {_HIDDEN}", text)
    return _ASSIGNED.sub(_without_value, text)


def secrets_of(url: str) -> list[str]:
    """The password of an address, and whatever of it may be taken for a password, in all writings."""
    userinfo = _after_scheme(url).rpartition("@")[0]
    name, _, password = userinfo.partition(":")
    if not userinfo:
        return []
    raw = password or name
    plain = unquote(raw)
    basic = b64encode(f"{unquote(name)}:{plain}".encode()).decode()
    return [userinfo, raw, plain, quote(plain, safe=""), basic]


class _Redactor:
    """Makes the records of all loggers without secrets, those of libraries and the tracebacks included."""

    def __init__(self) -> None:
        self._make = logging.getLogRecordFactory()
        self._formatter = logging.Formatter()
        self.secrets: frozenset[str] = frozenset()

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self._make(*args, **kwargs)
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # for the handler to complain of
            return record
        if (safe := self.hide(text)) != text:
            record.msg, record.args = safe, ()
        if record.exc_info:
            record.exc_text = self.hide(self._formatter.formatException(record.exc_info))
        return record

    def hide(self, text: str) -> str:
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, _HIDDEN)
        return text


redactor = _Redactor()
"""Of this process."""


def keep_out_of_logs(secrets: Iterable[str]) -> None:
    """From now on none of these stands in the logs of this process."""
    redactor.secrets |= {secret for secret in secrets if len(secret) >= _SHORTEST}
    if redactor.secrets and logging.getLogRecordFactory() is not redactor:
        logging.setLogRecordFactory(redactor)


def _after_scheme(url: str) -> str:
    match = _SCHEME.match(url)
    return url[match.end() :] if match else url


def _without_value(found: re.Match[str]) -> str:
    return f"{found['name']}{found['sign']}{_HIDDEN}" if is_secret_name(found["name"]) else found[0]
