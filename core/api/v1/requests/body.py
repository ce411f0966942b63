"""What all that is sent has in common: what a body is, what names a picture or a record, how a number is read."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from core.errors import InvalidQuery
from core.index.several import RECORD_ID
from core.text.names import printable

A_HASH = "9f86d081884c7d65" * 4
Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=[A_HASH])]
"""The SHA-256 of a picture's bytes."""

Id = Annotated[str, Field(pattern=f"^{RECORD_ID}$", examples=["0123456789abcdef" * 2])]
"""Of a record; where several collections are searched, with its own before it: `birds:…`."""

_MAX_DIGITS = 20  # of a number in a query


class Body(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        defer_build=True,  # until a request comes
    )

    max_bytes: ClassVar[int] = 1 << 19
    """That are read."""


def example(**values: Any) -> ConfigDict:
    """What the page of the API fills in."""
    return ConfigDict(json_schema_extra={"examples": [values]})


def number(name: str, least: int, most: int, words: str = "") -> Callable[[Any], Any]:
    """Reads a whole number of a query; `words` is what else it may be.

    Python would read any digits of Unicode, and millions of them.
    """

    def read(value: Any) -> Any:
        text = str(value)
        number = int(text) if text.isascii() and text.isdigit() and len(text) < _MAX_DIGITS else -1
        if value is None or (words and text == words):
            return value
        if not least <= number <= most:
            others = f", or `{words}`" if words else ""
            raise InvalidQuery(
                f"{name} cannot be “{printable(text[:_MAX_DIGITS])}”.",
                f"Use a whole number from {least} to {most:,}{others}.",
            )
        return number

    return read
