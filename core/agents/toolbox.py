"""What models may ask of a collection, as plain values and pictures: the same for agents outside and for questions
that are asked on the page.

A model may have been told anything, by whoever wrote its question, and by what is written in pictures and names. So
nothing here writes but what `writes` lets it, ids are of this collection, and numbers are bounded.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlencode

from core.access.actors import Actor
from core.access.roles import Role
from core.agents.numbers import Numbers
from core.agents.seen import MIN_SIDE, Seen
from core.errors import AccessDenied, InvalidQuery
from core.images.numbered import MAX_ON_SHEET, MAX_TILE, MIN_TILE, as_jpeg, blank
from core.index.filters import Filter
from core.index.index import Index, is_estimated
from core.index.records import ImageRecord
from core.index.tags import change_tags, tagging
from core.search.language.parser import LONGEST, parse
from core.search.language.url import to_params
from core.search.output.response import Item, item
from core.search.query import Picture, Query, Search, Words, clean
from core.search.results import Result, Results
from core.services import Services

type Pictures = Literal["sheet", "single", "none"]
"""How pictures are handed over: as one numbered sheet, one by one, or not at all."""

MAX_RESULTS = MAX_ON_SHEET
MAX_TAGGED = 1_000
MAX_PICTURE = 1_000_000
"""Characters of a picture that is sent, as Base64."""
NO_MATCH = "Nothing here really matches."

_PATIENCE = 10.0  # seconds, as for programs
_MAX_FACET = 40  # values of each
_MOST_COMMON = 15


@dataclass(frozen=True, slots=True)
class Told:
    """What a tool answers."""

    values: dict[str, Any]
    pictures: tuple[bytes, ...] = ()
    """JPEG: one sheet, or one for each result in their order, grey where it cannot be had."""


@dataclass(frozen=True, slots=True)
class Discretion:
    """What of a picture is told beside what it shows."""

    names: bool = True
    """Its name, folder and path."""
    places: bool = True
    """Where it was taken."""


class Toolbox:
    """For one who asks, who may at least look.

    Args:
        services: Gives those of a collection by its name, of the first where it is "".
        by: Who asks.
        writes: Whether tags may be changed and searches saved.
        numbers: Those that pictures have already; by default each search begins at 1.
    """

    def __init__(
        self,
        services: Callable[[str], Services],
        by: Actor,
        *,
        writes: bool = False,
        discretion: Discretion | None = None,
        numbers: Numbers | None = None,
    ) -> None:
        self._services, self._by, self._writes = services, by, writes
        self._discretion, self._numbers = discretion or Discretion(), numbers

    def search(
        self, text: str, k: int = 8, pictures: Pictures = "sheet", side: int = 256, collection: str = ""
    ) -> Told:
        """The nearest pictures to words under conditions; without words, those that meet them."""
        words, where = parse(text)
        return self._found(Search(Query(words), where), k, pictures, side, collection)

    def nearest(
        self, words: str, k: int = 8, pictures: Pictures = "sheet", side: int = 256, collection: str = ""
    ) -> Told:
        """The nearest pictures to words, none of which is a condition: to a question as it was asked."""
        text = clean(words)[:LONGEST]
        return self._found(Search(Query((Words(text),) if text else ())), k, pictures, side, collection)

    def similar(
        self,
        ids: Sequence[str],
        text: str = "",
        k: int = 8,
        pictures: Pictures = "sheet",
        side: int = 256,
        collection: str = "",
    ) -> Told:
        """The nearest to pictures of the collection, and to words beside them."""
        seen = Seen(self._open(collection))
        words, where = parse(text)
        if not ids:
            raise InvalidQuery("No picture was named.", "Give the ids of results.")
        like = tuple(Picture(seen.record(id_).content_hash) for id_ in dict.fromkeys(ids[:8]))
        return self._found(Search(Query(words, like), where), k, pictures, side, collection)

    def explain(self, id_: str, text: str, collection: str = "") -> Told:
        """What a picture has in common with words, as everyday concepts."""
        services = self._open(collection)
        record = Seen(services).record(id_)
        words, _ = parse(text)
        concepts = services.explain(Query(words), record.content_hash)
        return Told({"id": id_, "concepts": [{"concept": one.concept, "weight": one.weight} for one in concepts]})

    def facets(self, text: str = "", collection: str = "") -> Told:
        """How many pictures have which label, tag, year …, under conditions."""
        services = self._open(collection)
        words, where = parse(text)
        if words:
            raise InvalidQuery("Facets are counted under conditions, not for words.", "Leave the words out: label:cat")
        matching = services.index.count(where)
        return Told({"matching": matching, **self._counted(services.index, where, matching, _MAX_FACET)})

    def describe_collection(self, collection: str = "") -> Told:
        """What there is: how many pictures, of what, since when."""
        services = self._open(collection)
        status = services.status()
        return Told(
            {
                "collection": services.name,
                "pictures": status.count,
                "model": status.model_id,
                **self._counted(services.index, None, status.count, _MOST_COMMON),
                "words_to_try": list(services.examples()),
            }
        )

    def show(self, id_: str, side: int = 1024, boxes: bool = False, collection: str = "") -> Told:
        """One picture, large, with what is known of it."""
        seen = Seen(self._open(collection))
        record = seen.record(id_)
        picture = seen.jpeg(record, side, boxes=boxes)
        values = self._discreet(_item(record))
        values["boxes"] = [box._asdict() for box in record.boxes]
        if picture is None:
            values["note"] = "Its file cannot be read."
        return Told(values, (picture,) if picture else ())

    def check(self, picture: str, collection: str = "") -> Told:
        """Whether a picture from elsewhere is in the collection; it is kept for a day, and not indexed.

        Args:
            picture: Its file in Base64, or as a data URL.
        """
        services = self._open(collection)
        sent = services.checked.add(_decoded(picture), "picture")
        found = [
            one
            for step in services.analysis.check.check([str(sent.path)], names={str(sent.path): "picture"}, by=self._by)
            for one in step.checked
        ]
        if not found:
            raise InvalidQuery("This is not a picture.", "Send one JPEG, PNG, WebP or HEIC file.")
        one = found[0]
        match = self._discreet(_item(one.match)) if one.match else None
        how = one.how if self._discretion.names else ""
        return Told({"answer": one.answer.value, "how": how, "cosine": one.cosine, "match": match})

    def tag(
        self, ids: Sequence[str], add: Sequence[str] = (), remove: Sequence[str] = (), collection: str = ""
    ) -> Told:
        """Give tags to pictures, and take others away."""
        self._check_writing()
        services = self._open(collection)
        if not ids or len(ids) > MAX_TAGGED:
            raise InvalidQuery(f"{len(ids):,} pictures were named.", f"Name 1 to {MAX_TAGGED:,} at a time.")
        seen = Seen(services)
        known = [seen.record(id_).id for id_ in dict.fromkeys(ids)]
        changed = change_tags(services.index, known, add, remove)
        services.audit.note(self._by, "Changed tags", tagging(changed, add, remove))
        return Told({"changed": changed, "unchanged": len(known) - changed})

    def save(self, name: str, text: str, collection: str = "") -> Told:
        """Keep a search under a name, for people to open."""
        self._check_writing()
        services = self._open(collection)
        words, where = parse(text)
        saved = services.saved.save(name, urlencode(to_params(Search(Query(words), where)), doseq=True))
        return Told({"id": saved.id, "name": saved.name})

    def _check_writing(self) -> None:
        if not self._writes:
            raise AccessDenied(
                "Changing anything is switched off here.", "Start with --write, or set IMAGE_SEARCH_AGENTS_WRITE=yes."
            )
        self._by.check(Role.EDITOR)

    def _open(self, collection: str) -> Services:
        self._by.check(Role.VIEWER)
        return self._services(collection)

    def _found(self, search: Search, k: int, pictures: Pictures, side: int, collection: str) -> Told:
        services = self._open(collection)
        k = max(1, min(k, MAX_RESULTS))
        found = services.search(replace(search, k=k), 0, k, _PATIENCE)
        given = self._numbers or Numbers()
        numbers = [given.of(one.record.id) for one in found.results]
        told = [
            {"number": number, **self._discreet(item(one, scored=found.scored))}
            for number, one in zip(numbers, found.results, strict=True)
        ]
        values = {"verdict": _verdict(found), **_summary(found), "results": told}
        records = [one.record for one in found.results]
        return Told(values, self._pictures(services, records, numbers, pictures, side))

    def _pictures(
        self, services: Services, records: list[ImageRecord], numbers: list[int], pictures: Pictures, side: int
    ) -> tuple[bytes, ...]:
        seen = Seen(services)
        if pictures == "none" or not records:
            return ()
        if pictures == "sheet":
            return (seen.sheet(records, max(MIN_TILE, min(side, MAX_TILE)), numbers),)
        return tuple(seen.jpeg(record, side) or as_jpeg(blank(MIN_SIDE)) for record in records)

    def _discreet(self, values: Item) -> dict[str, Any]:
        kept = {name: value for name, value in values.items() if name in _TOLD}
        if self._discretion.names:
            kept |= {"name": values["name"], "folder": values["folder"]}
        if self._discretion.places and values["gps"]:
            kept["gps"] = values["gps"]
        return kept

    def _counted(self, index: Index, where: Filter | None, matching: int, most: int) -> dict[str, Any]:
        """So many values of each facet that may be told, and that their counts are estimates where they are."""
        estimated = {"estimated": True} if is_estimated(index, matching) else {}
        counted = {name: counts for name, counts in index.facets(where).items() if counts}
        if not self._discretion.names:
            counted.pop("folder", None)
        return {**estimated, "facets": {name: dict([*counts.items()][:most]) for name, counts in counted.items()}}


_TOLD = (
    *("id", "score", "strength", "band", "matches", "width", "height", "taken_at", "camera", "labels", "tags"),
    *("splits", "quality", "clusters", "classes"),
)


def _item(record: ImageRecord) -> Item:
    return item(Result.of(record), scored=False)


def _decoded(picture: str) -> bytes:
    """
    Raises:
        InvalidQuery: it is no Base64, or too long.
    """
    if len(picture) > MAX_PICTURE:
        raise InvalidQuery("This picture is too large.", f"Send at most {MAX_PICTURE * 3 // 4 // 1000} kB.")
    try:
        return base64.b64decode(picture.rpartition(",")[2] if picture.startswith("data:") else picture, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidQuery("This picture is not in Base64.", "Encode the bytes of its file.") from None


def _verdict(found: Results) -> str:
    """Whether there is anything of the kind, in a sentence: a model is not to take the nearest for a match."""
    if found.no_match:
        return f"{NO_MATCH} The results are only the nearest there are."
    if not found.results:
        return "No picture meets the conditions."
    if not found.scored:
        return f"{found.total:,} pictures meet the conditions."
    if found.matched is None:
        return "It is not known yet which of these match: what scores mean in this collection is still being learned."
    return f"{found.matched:,}{' or more' if found.at_least else ''} pictures match."


def _summary(found: Results) -> dict[str, Any]:
    return {
        "judged": found.judged,
        "no_match": found.no_match,
        "matched": found.matched,
        "searched": found.searched,
        "bands": {band.value: count for band, count in found.bands.items()},
        "notes": list(found.notes),
    }
