"""Imports that bring along what nobody here uses, and how to do without it.

Every command pays for what is imported here: this module imports next to nothing itself.
"""

import importlib
import os
import sys
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec
from operator import attrgetter
from types import ModuleType
from typing import Any

_importing = threading.RLock()


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Within, these packages are not there for those who can do without; what is imported already stays."""
    with _finding(_Finder(hidden=set(packages) - set(sys.modules))):
        yield


@contextmanager
def without_extras() -> Iterator[None]:
    """Within, `import lancedb` takes a fifth of the time.

    LanceDB imports a generated client of namespace servers, 700 modules, and more of which an index in a folder uses
    little or nothing, its builders of queries and with them pydantic among these: they are imported when something of
    them is used. pyarrow looks whether pandas is there by
    importing it: it looks again when it is given a table of pandas. What is imported later, whoever wants it, is the
    real thing.
    """
    with _finding(_Finder({"pandas"} - set(sys.modules), _POSTPONED)), _versions_by_names():
        yield
    there = sys.modules.copy()  # to which other threads add meanwhile
    for name, module in [(name, one) for name, one in there.items() if isinstance(one, _Postponed)]:
        module.is_told_apart = True
        if not name.startswith("pyarrow."):  # which are asked for by their own names, and by ours
            sys.modules.pop(name, None)


_POSTPONED = (
    "lance_namespace_urllib3_client",
    *("lancedb.catalog", "lancedb.embeddings", "lancedb.functions", "lancedb.materialized_view", "lancedb.namespace"),
    *("lancedb.pydantic", "lancedb.query", "lancedb.remote", "lancedb.view"),
    *("pyarrow.compute", "pyarrow.dataset", "pyarrow.fs"),
)
"""Packages and modules, with what is in them."""


@contextmanager
def _versions_by_names() -> Iterator[None]:
    """Within, `importlib.metadata.version` tells LanceDB its own by the name of a folder: the module brings the parser
    of e-mails, in which versions are written."""
    if _METADATA in sys.modules:
        yield
        return
    sys.modules[_METADATA] = importlib.metadata = _Versions(_METADATA)
    try:
        yield
    finally:
        if isinstance(sys.modules.get(_METADATA), _Versions):
            del sys.modules[_METADATA], importlib.metadata


_METADATA = "importlib.metadata"


class _Versions(ModuleType):
    """Whatever else is asked of it, the real one answers."""

    def version(self, name: str) -> str:
        begin, end = f"{name}-", ".dist-info"
        for folder in filter(os.path.isdir, sys.path):
            for entry in os.listdir(folder):  # noqa: PTH208 - pathlib is not imported yet
                if entry.startswith(begin) and entry.endswith(end):
                    return entry.removeprefix(begin).removesuffix(end)
        found: str = self.__getattr__("version")(name)
        return found

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        with _importing:
            if sys.modules.get(_METADATA) is self:
                del sys.modules[_METADATA]
            return getattr(import_module(_METADATA), name)


@contextmanager
def _finding(finder: "_Finder") -> Iterator[None]:
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Finder:
    """A finder and loader by its methods: their base classes, in `importlib.abc`, take 30 ms to import."""

    def __init__(self, hidden: Collection[str], postponed: Collection[str] = ()) -> None:
        self._hidden, self._postponed = hidden, postponed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in self._hidden:
            raise ModuleNotFoundError(f"{fullname} is not needed here", name=fullname)
        loader: Any = self
        waits = any(f"{fullname}.".startswith(f"{name}.") for name in self._postponed)
        return ModuleSpec(fullname, loader, is_package=True) if waits else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Postponed(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing in it."""


class _Postponed(ModuleType):
    """A module that is imported when something of it is used. Until all others are imported it has whatever class is
    asked for, each one likewise."""

    is_told_apart = False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self.is_told_apart:
            return getattr(_imported(self.__name__), name)
        made = _Later(name, (), {"__module__": self.__name__})
        setattr(self, name, made)
        return made


def _imported(name: str) -> ModuleType:
    """The real one."""
    with _importing:
        if isinstance(sys.modules.get(name), _Postponed):
            del sys.modules[name]
        return import_module(name)


class _Later(type):
    """Of classes, or functions, that stand for those of a module that is imported when one of them is used."""

    def _real(cls) -> Any:
        return attrgetter(cls.__name__)(_imported(cls.__module__))

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        module = sys.modules.get(cls.__module__)
        if isinstance(module, _Postponed) and not module.is_told_apart:  # a default value, in the midst of imports
            return _Later(f"{cls.__name__}.{name}", (), {"__module__": cls.__module__})
        return getattr(cls._real(), name)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls._real()(*args, **kwargs)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls._real())

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls._real())
