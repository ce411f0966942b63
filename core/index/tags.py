"""What people call pictures: tags, kept with the records and through every later ingest."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import batched

from core.errors import InvalidTags
from core.index.index import Index
from core.index.records import ImageRecord
from core.text.words import pictures

MAX_TAGS = 50
"""Of one picture."""

MAX_TAG = 64  # characters

CHUNK = 500
"""Pictures whose tags are changed at once."""

_UNREADABLE = {"Cc", "Cs"}  # control characters and lone surrogates


def change_tags(index: Index, ids: Sequence[str], add: Sequence[str] = (), remove: Sequence[str] = ()) -> int:
    """Give records tags and take others away; returns how many records are different now.

    Tags are compared in whatever case: one that a record has is not added in another spelling, and is removed by any.
    Ids that are not in the index are passed over. What was changed before an error stays so, and doing the same again
    does the rest.

    Raises:
        InvalidTags: a tag is too long, or a record would have too many; of the records that are looked at with that
            one, none is changed.
    """
    added, removed = cleaned(add), {tag.casefold() for tag in cleaned(remove)}
    return sum(_change(index, chunk, added, removed) for chunk in batched(dict.fromkeys(ids), CHUNK))


def cleaned(tags: Iterable[str]) -> list[str]:
    """The tags as they are kept: without blanks around them and what cannot be seen, each once in whatever case.

    Raises:
        InvalidTags: one is too long, or there are too many.
    """
    kept = merged(filter(None, map(_clean, tags)))
    if too_long := next((tag for tag in kept if len(tag) > MAX_TAG), None):
        raise InvalidTags(f"The tag “{too_long[:MAX_TAG]}…” has {len(too_long)} characters.", f"Use {MAX_TAG} at most.")
    _check_number(kept)
    return list(kept)


def merged(*several: Iterable[str]) -> tuple[str, ...]:
    """All of these tags sorted, of those that differ in case only the first."""
    kept: dict[str, str] = {}
    for tags in several:
        for tag in tags:
            kept.setdefault(tag.casefold(), tag)
    return tuple(sorted(kept.values()))


def _change(index: Index, ids: Sequence[str], added: Iterable[str], removed: set[str]) -> int:
    changed = [new for old in index.get(ids) if (new := _changed(old, added, removed)) != old]
    return index.retag({record.id: record.tags for record in changed})


def _changed(record: ImageRecord, added: Iterable[str], removed: set[str]) -> ImageRecord:
    kept = [tag for tag in record.tags if tag.casefold() not in removed]
    tags = merged(kept, (tag for tag in added if tag.casefold() not in removed))
    if len(tags) > len(record.tags):
        _check_number(tags)
    return replace(record, tags=tags)


def _check_number(tags: Sequence[str]) -> None:
    if len(tags) > MAX_TAGS:
        raise InvalidTags(f"A picture would have {len(tags)} tags.", f"Keep {MAX_TAGS} at most.")


def _clean(tag: str) -> str:
    seen = "".join(" " if unicodedata.category(letter) in _UNREADABLE else letter for letter in tag)
    text = " ".join(unicodedata.normalize("NFC", seen).split())
    return text if any(letter.isprintable() for letter in text) else ""


def tagging(changed: int, add: Sequence[str], remove: Sequence[str]) -> str:
    """What was changed, in words: `3 pictures: +holiday −draft`."""
    signed = [*(f"+{tag}" for tag in add), *(f"−{tag}" for tag in remove)]
    return f"{pictures(changed)}: {' '.join(signed)}"
