"""Versions as a job builds and swaps them, without one."""

from collections.abc import Collection

from core.index.index import Index, ModelStamp, Replacements


def swap(index: Index, number: int, made: Replacements, without: Collection[str] = ()) -> list[str]:
    """Put a version in the place of the one in use; the content hashes of what is missing, and keeps it from that."""
    update = index.versions.update(number)
    while (gap := update.swap(made, without)).behind:
        update.step(made, without)
    return list(gap.missing)


def switch(index: Index, stamp: ModelStamp, made: Replacements, without: Collection[str] = ()) -> list[str]:
    """Give all records other embeddings; what is missing, for which nothing was changed."""
    number = index.versions.begin(stamp)
    if missing := swap(index, number, made, without):
        index.versions.delete(number)
    return missing
