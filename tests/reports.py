"""Reports of tests, as they travel from the processes that run them."""

from collections.abc import Generator, Mapping, Sequence
from typing import Any

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """What xdist sends between its processes must be UTF-8, and a test of file names may fail over one that is not."""
    return transferable((yield))


def transferable(value: Any) -> Any:
    """The same plain value with what UTF-8 cannot carry written as escapes: `\\udcff`."""
    match value:
        case str():
            return value.encode(errors="backslashreplace").decode()
        case Mapping():
            return {transferable(key): transferable(item) for key, item in value.items()}
        case Sequence() if isinstance(value, list | tuple):
            return type(value)(map(transferable, value))
    return value
