"""What a collection is: its name, where it lies, and the settings that follow."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.config import INDEX_NAME, Settings
from core.errors import CollectionRefused, NoSuchCollection
from core.store.address import below
from core.text.names import printable

MAX_TITLE = 100  # characters; likewise the next
MAX_DESCRIPTION = 1000

ALL = "all"
"""What stands for all collections where several can be named."""

FOLDER = "collections"
"""In the data folder: where those have theirs that are not the first."""

_VERSION = re.compile(r".*-[0-9]{6}")  # what engines call the versions of an index


@dataclass(frozen=True, slots=True)
class Collection:
    name: str
    """By which URLs, programs and the engine know it: it stays."""
    title: str = ""
    """What people read."""
    description: str = ""
    model_id: str = ""
    """The model that its settings ask for."""
    folder: str = ""
    """Below the data folder; "" where that itself is its."""
    created_at: float | None = None
    """Seconds since the epoch; None where nobody has noted it."""
    is_first: bool = False
    """Whether it is the one that is meant where none is named."""

    @property
    def shown(self) -> str:
        """What to call it."""
        return self.title or self.name


def first_collection(settings: Settings) -> Collection:
    """The collection that is meant where none is named, as long as nothing else is noted of it."""
    name = settings.index_name
    nested = f"{FOLDER}/{name}"  # where it has been one of the others
    folder = nested if (settings.data_dir / nested).is_dir() else ""
    return Collection(name, model_id=settings.model_id, folder=folder, is_first=True)


def settings_of(collection: Collection, settings: Settings) -> Settings:
    """The settings of a collection: those of the app, with its own index, model and folder. Jobs and the weights of
    models are noted and kept in one place for all.

    Args:
        settings: Those of the app.
    """
    if not collection.folder and collection.is_first:
        return settings
    return replace(
        settings,
        index_name=collection.name,
        model_id=collection.model_id,
        data_dir=settings.data_dir / collection.folder,
        store=below(settings.store, collection.folder),
        model_cache=settings.model_cache_dir,
        journal_url=settings.journal,
    )


def no_such(name: str, known: Sequence[Collection]) -> NoSuchCollection:
    names = ", ".join(one.name for one in known)
    there_are = f"There is only {names}" if len(known) == 1 else f"There are: {names}"
    return NoSuchCollection(f"There is no collection {printable(name)[:MAX_TITLE]}.", f"{there_are}.")


def check_name(name: str) -> None:
    """
    Raises:
        CollectionRefused: it cannot be the name of a collection.
    """
    if not INDEX_NAME.fullmatch(name):
        raise CollectionRefused(
            f"A collection cannot be named {printable(name)[:MAX_TITLE]!r}." if name else "A collection needs a name.",
            "Use up to 100 lower-case letters, digits, - and _, beginning with a letter or digit. "
            "The title may be any text.",
        )
    if name == ALL or _VERSION.fullmatch(name):
        reason = "means all collections" if name == ALL else "looks like a version of an index"
        raise CollectionRefused(f"A collection cannot be named {name}: this {reason}.", "Choose another name.")


def checked_title(title: str) -> str:
    return _checked(title, MAX_TITLE, "title")


def checked_description(description: str) -> str:
    return _checked(description, MAX_DESCRIPTION, "description")


def named(text: str) -> tuple[str, ...]:
    """The names in the parameter of a URL or on a command line, each once: `a,b`."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))


def _checked(text: str, most: int, what: str) -> str:
    cleaned = printable(" ".join(text.split()))
    if len(cleaned) > most:
        raise CollectionRefused(f"A {what} has {most:,} characters at most.", "Choose a shorter one.")
    return cleaned
