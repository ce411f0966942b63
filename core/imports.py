"""Imports that bring along what nobody here uses, and how to do without it.

Every command pays for what is imported here: this module imports next to nothing itself.
"""

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_is_brief = False


def be_brief() -> None:
    """For a process that makes no tables of pandas, before it imports anything else: the command line's."""
    global _is_brief
    _is_brief = True


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Within, these packages are not there for those who can do without; what is imported already stays."""
    with _finding(_Finder(hidden=set(packages) - set(sys.modules))):
        yield


@contextmanager
def without_extras() -> Iterator[None]:
    """Within, `import lancedb` takes a fifth of the time.

    LanceDB imports a generated client of namespace servers, 700 modules of which an index in a folder uses none:
    modules of placeholders take its place. pyarrow looks whether pandas is there by importing it: in a brief process it
    is not. What is imported later, whoever wants it, is the real thing.
    """
    hidden = {"pandas"} - set(sys.modules) if _is_brief else set()
    with _finding(_Finder(hidden, _UNUSED)):
        yield
    for name in [name for name, module in sys.modules.items() if isinstance(module, _Placeholders)]:
        del sys.modules[name]


_UNUSED = ("lance_namespace_urllib3_client",)


@contextmanager
def _finding(finder: "_Finder") -> Iterator[None]:
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Finder:
    """A finder and loader by its methods: their base classes, in `importlib.abc`, take 30 ms to import."""

    def __init__(self, hidden: Collection[str], replaced: Collection[str] = ()) -> None:
        self._hidden, self._replaced = hidden, replaced

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in self._hidden:
            raise ModuleNotFoundError(f"{fullname} is not needed here", name=fullname)
        loader: Any = self
        return ModuleSpec(fullname, loader, is_package=True) if fullname.partition(".")[0] in self._replaced else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Placeholders(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing in it."""


class _Placeholders(ModuleType):
    """Has every class that is asked for, each without contents."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (), {"__module__": self.__name__})
        setattr(self, name, made)
        return made
