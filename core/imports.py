"""Imports that bring along what nobody here uses, and how to do without it."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_is_brief = False


def be_brief() -> None:
    """For a process that makes no tables of pandas, before it imports anything else: the command line's."""
    global _is_brief
    _is_brief = True


@contextmanager
def without_extras() -> Iterator[None]:
    """Within, `import lancedb` takes a fifth of the time.

    LanceDB imports a generated client of namespace servers, 700 modules of which an index in a folder uses none:
    modules of placeholders take its place. pyarrow looks whether pandas is there by importing it: in a brief process it
    is not. What is imported later, whoever wants it, is the real thing.
    """
    finder = _Finder(_is_brief and "pandas" not in sys.modules)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name, module in sys.modules.items() if isinstance(module, _Placeholders)]:
            del sys.modules[name]


_UNUSED = "lance_namespace_urllib3_client"


class _Finder(MetaPathFinder, Loader):
    def __init__(self, hides_pandas: bool) -> None:
        self._hides_pandas = hides_pandas

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "pandas" and self._hides_pandas:
            raise ModuleNotFoundError("pandas is not needed here", name=fullname)
        return ModuleSpec(fullname, self, is_package=True) if fullname.partition(".")[0] == _UNUSED else None

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
