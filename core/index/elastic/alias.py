"""The concrete index behind the alias: `images-000001` behind `images`, so that another can take its place in one step.

An index that is kept beside it, because it was in use or is going to be, has an alias of its own (`kept_as`). By this
it is told from one whose alias somebody has removed; it moves in the same step as the name; and rows that are sent to
it are refused once it is gone, rather than taken for those of a new index.
"""

import logging
import re
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from core.errors import IndexUnavailable
from core.index.elastic import changed
from core.index.elastic.errors import parts_missing
from core.index.elastic.mapping import Body, Layout, is_ours, lacking, quantisation_of, stamp_of
from core.index.index import ModelStamp

_log = logging.getLogger(__name__)

UNFINISHED = "unfinished"
"""In the meta data of an index that is being filled beside the one in use."""


def find(client: Elasticsearch, name: str) -> Layout | None:
    """What stands under the name; None where nothing does. An index of ours that has lost the name gets it back.

    Raises:
        IndexUnavailable: it was not made by this app, or somebody has changed it so that it cannot be used.
    """
    found = under(client, name)
    if not found:
        return _put_back(client, name)
    if len(found) > 1:
        raise changed.on_several(name, found)
    [(concrete, described)] = found.items()
    mapping = described.get("mappings", {})
    stamp = stamp_of(mapping)
    if stamp is None:
        raise changed.unstamped(name, concrete, mapping) if is_ours(mapping) else _not_ours(client, name, concrete)
    if name not in described.get("aliases", {}):
        raise changed.without_alias(name)
    return _layout(concrete, described, stamp)


def describe(client: Elasticsearch, concrete: str) -> Layout | None:
    """An index of ours, whatever alias it has; None where there is none."""
    described = under(client, concrete).get(concrete, {})
    stamp = stamp_of(described.get("mappings", {}))
    return None if stamp is None else _layout(concrete, described, stamp)


def under(client: Elasticsearch, name: str) -> dict[str, Body]:
    """The indices under a name, or under their own, by what they are called; none where it is not there."""
    try:
        return dict(client.indices.get(index=name, expand_wildcards="none").body)
    except NotFoundError as error:
        if "index_not_found" in str(error.body):
            return {}
        raise


def kept(client: Elasticsearch, name: str) -> dict[int, tuple[str, Body]]:
    """The indices of ours with this name and a number, by that, and the one that the alias stands for: as number 0
    where it is called otherwise."""
    numbered = client.indices.get(index=f"{name}-*", expand_wildcards="all", allow_no_indices=True).body
    found = {concrete: one for concrete, one in numbered.items() if number_of(name, concrete)} | under(client, name)
    return {
        number_of(name, concrete): (concrete, described)
        for concrete, described in found.items()
        if stamp_of(described.get("mappings", {}))
    }


def kept_as(concrete: str) -> str:
    """The alias of an index while it does not have the name."""
    return f"{concrete}.version"


def keeping(concrete: str) -> dict[str, Any]:
    """What gives it that alias."""
    return {"add": {"index": concrete, "alias": kept_as(concrete), "is_hidden": True}}


def number_of(name: str, concrete: str) -> int:
    """The number of a version; 0 where the index is called otherwise."""
    found = re.fullmatch(re.escape(name) + r"-(\d{6})", concrete)
    return int(found[1]) if found else 0


def count(client: Elasticsearch, concrete: str) -> int:
    """The rows that are in it at this moment."""
    quiet = client.options(ignore_status=404)
    quiet.indices.refresh(index=concrete)
    answer = quiet.search(index=concrete, size=0, track_total_hits=True, allow_partial_search_results=False).body
    return int(answer.get("hits", {}).get("total", {}).get("value", 0))


def check_parts(client: Elasticsearch, name: str, address: str) -> None:
    """Call it where the index does not answer.

    Raises:
        IndexUnavailable: parts of it are not there.
    """
    asked = client.options(request_timeout=5, max_retries=0)
    if asked.cluster.health(index=name, timeout="1s").body.get("status") == "red":
        raise parts_missing(address, name)


def _layout(concrete: str, described: Body, stamp: ModelStamp) -> Layout:
    uuid, mapping = described.get("settings", {}).get("index", {}).get("uuid", ""), described.get("mappings", {})
    return Layout(concrete, stamp, lacking(mapping, stamp), uuid, quantisation_of(mapping))


def _put_back(client: Elasticsearch, name: str) -> Layout | None:
    """The index of ours whose alias somebody has removed, under its alias again; None where there is none.

    Raises:
        IndexUnavailable: there are several with pictures.
    """
    lost = _lost(client, name)
    if not lost:
        return None
    counts = {concrete: count(client, concrete) for concrete in lost} if len(lost) > 1 else {}
    if len(list(filter(None, counts.values()))) > 1:
        raise changed.several_lost(name, counts)
    concrete = max(lost, key=lambda one: counts.get(one, 0))
    client.indices.update_aliases(actions=[{"add": {"index": concrete, "alias": name, "is_write_index": True}}])
    _log.warning("The alias %s was missing in Elasticsearch; it stands for %s again.", name, concrete)
    return find(client, name)


def _not_ours(client: Elasticsearch, name: str, concrete: str) -> IndexUnavailable:
    """What stands under the name was not made by this app."""
    lost = _lost(client, name)
    if not lost:
        return changed.foreign(name)
    return changed.displaced(name, concrete, max(lost, key=lambda one: count(client, one)))


def _lost(client: Elasticsearch, name: str) -> list[str]:
    """The indices of ours whose alias somebody has removed."""
    found = client.indices.get(index=f"{name}-*", expand_wildcards="all", allow_no_indices=True).body
    return sorted(concrete for concrete, described in found.items() if _has_lost_its_alias(name, concrete, described))


def _has_lost_its_alias(name: str, concrete: str, described: Body) -> bool:
    numbered = re.fullmatch(re.escape(name) + r"-\d{6}", concrete)
    mapping = described.get("mappings", {})
    return bool(
        numbered and not described.get("aliases") and stamp_of(mapping) and not mapping["_meta"].get(UNFINISHED)
    )
