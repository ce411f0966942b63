"""A setting: a field of a dataclass that knows its environment variable, what it says, and how it is read.

A library that does this takes a fifth of what the start of a search takes.
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, field
from typing import Any

from core.errors import InvalidSetting
from core.text.redaction import without_secrets

_ADDRESSES = frozenset(
    {
        *("ELASTICSEARCH_URL", "ELASTICSEARCH_CLOUD_ID", "INFERENCE_SERVER_URL"),
        *("IMAGE_SEARCH_JOURNAL", "IMAGE_SEARCH_LLM_URL", "IMAGE_SEARCH_STORE", "IMAGE_SEARCH_URLS"),
    }
)
_KEYS = frozenset({"ELASTICSEARCH_API_KEY", "IMAGE_SEARCH_LLM_KEY", "INFERENCE_SERVER_API_KEY"})


def setting(
    variable: str,
    description: str,
    read: Callable[[Any], Any],
    default: Any = MISSING,
    *,
    shown: bool = True,
    **more: Any,
) -> Any:
    """A field.

    Args:
        variable: Of the environment.
        read: Makes what is kept out of what was set, a text, or of the default; raises `ValueError` with what was
            expected.
        shown: False where it may hold a password.
    """
    metadata = {"variable": variable, "description": description, "read": read}
    return field(default=default, repr=shown, metadata=metadata, **more)


def read_setting(one: Field[Any], values: dict[str, Any], environment: dict[str, str]) -> Any:
    """What a setting comes to: of the values, the environment, or its default."""
    variable = one.metadata["variable"]
    default = one.default if one.default_factory is MISSING else one.default_factory()
    value = values[one.name] if one.name in values else environment.get(variable, default)
    if value is None:
        return None
    try:
        return one.metadata["read"](value)
    except ValueError as error:
        reason = str(error)
    # Out of reach of the other, whose traceback would show what was set.
    shown = _shown(variable, value)
    raise InvalidSetting(f"{variable}{shown} does not work: {reason}.", "Correct it and start again.")


def _shown(variable: str, value: object) -> str:
    """What was set, unless it is a key, or may hold a password in whatever place."""
    parts = map(str.strip, map(str, value) if isinstance(value, list | tuple) else str(value).split(","))
    hidden = variable in _ADDRESSES and any(part != without_secrets(part) for part in parts)
    return "" if hidden or variable in _KEYS else f" is set to {value!r}, but this"
