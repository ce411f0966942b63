"""The concrete index behind the alias: `images-000001` behind `images`, so that it can be replaced in one step."""

import logging
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError

from core.errors import IndexUnavailable, ModelMismatch
from core.index.elastic import changed
from core.index.elastic.errors import parts_missing
from core.index.elastic.mapping import Body, index_body, is_ours, lacking, meta, stamp_of
from core.index.index import ModelStamp
from core.text.command import command

_log = logging.getLogger(__name__)

_ATTEMPTS = 20
_UNFINISHED = "unfinished"  # in the meta data of an index that is being filled beside the one in use
_PAUSE = 0.1  # seconds; another process is in the middle of the same


@dataclass(frozen=True, slots=True)
class Layout:
    concrete: str
    """The name of the index that the alias stands for."""
    stamp: ModelStamp
    lacking: Body
    """The fields that it has not got, because an earlier version of the app made it."""
    uuid: str
    """By which it is told from one of the same name that was made anew."""


def find(client: Elasticsearch, name: str) -> Layout | None:
    """What stands under the name; None where nothing does. An index of ours that has lost the name gets it back.

    Raises:
        IndexUnavailable: it was not made by this app, or somebody has changed it so that it cannot be used.
    """
    found = _get(client, name)
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
    uuid = described.get("settings", {}).get("index", {}).get("uuid", "")
    return Layout(concrete, stamp, lacking(mapping), uuid)


def _get(client: Elasticsearch, name: str) -> dict[str, Body]:
    try:
        return dict(client.indices.get(index=name, expand_wildcards="none").body)
    except NotFoundError as error:
        if "index_not_found" in str(error.body):
            return {}
        raise


def _put_back(client: Elasticsearch, name: str) -> Layout | None:
    """The index of ours whose alias somebody has removed, under its alias again; None where there is none.

    Raises:
        IndexUnavailable: there are several with pictures.
    """
    lost = _lost(client, name)
    if not lost:
        return None
    counts = {concrete: _count(client, concrete) for concrete in lost} if len(lost) > 1 else {}
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
    return changed.displaced(name, concrete, max(lost, key=lambda one: _count(client, one)))


def _lost(client: Elasticsearch, name: str) -> list[str]:
    """The indices of ours whose alias somebody has removed."""
    found = client.indices.get(index=f"{name}-*", expand_wildcards="all", allow_no_indices=True).body
    return sorted(concrete for concrete, described in found.items() if _has_lost_its_alias(name, concrete, described))


def _has_lost_its_alias(name: str, concrete: str, described: Body) -> bool:
    numbered = re.fullmatch(re.escape(name) + r"-\d{6}", concrete)
    mapping = described.get("mappings", {})
    return bool(
        numbered and not described.get("aliases") and stamp_of(mapping) and not mapping["_meta"].get(_UNFINISHED)
    )


def check_parts(client: Elasticsearch, name: str, address: str) -> None:
    """Call it where the index does not answer.

    Raises:
        IndexUnavailable: parts of it are not there.
    """
    asked = client.options(request_timeout=5, max_retries=0)
    if asked.cluster.health(index=name, timeout="1s").body.get("status") == "red":
        raise parts_missing(address, name)


def make_ready(client: Elasticsearch, name: str, stamp: ModelStamp, packs: bool) -> None:
    """Create the index for this model, or replace an empty one of another model; processes may do so at once.

    Args:
        packs: Whether the server takes packed vectors.

    Raises:
        ModelMismatch: it holds rows of another model.
        IndexUnavailable: what stands under the name was not made by this app.
    """
    for _ in range(_ATTEMPTS):
        layout = find(client, name)
        if layout is not None and layout.stamp == stamp:
            return bring_up_to_date(client, layout)
        if layout is None:
            _create(client, f"{name}-000001", index_body(stamp, packs), alias=name)
        elif _is_empty(client, layout.concrete):
            _replace(client, name, layout, stamp, packs)
        else:
            raise mismatch(name, layout.stamp, stamp)
    raise IndexUnavailable(
        f"The index {name} cannot be prepared: other processes keep changing it.",
        "Set the same IMAGE_SEARCH_MODEL for all processes that use this index.",
    )


def begin_successor(client: Elasticsearch, name: str, layout: Layout, stamp: ModelStamp, packs: bool) -> str:
    """Create an empty index beside the one in use, to be filled and then put in its place; returns its name. One that
    was begun so before, and never finished, is deleted."""
    body = index_body(stamp, packs)
    body["mappings"]["_meta"][_UNFINISHED] = True
    for concrete in _successors(layout.concrete, name):
        found = client.options(ignore_status=404).indices.get(index=concrete).body.get(concrete)
        if found and not found.get("aliases") and found.get("mappings", {}).get("_meta", {}).get(_UNFINISHED):
            client.options(ignore_status=404).indices.delete(index=concrete)
        elif found:
            continue
        client.indices.create(index=concrete, **body)
        return concrete
    raise IndexUnavailable(
        f"There are too many indices named like {name} in Elasticsearch.",
        f"Delete those that are not in use: {name}-000002 and the following that {name} does not point to.",
    )


def drop_successor(client: Elasticsearch, concrete: str) -> None:
    client.options(ignore_status=404).indices.delete(index=concrete)


def finish_successor(client: Elasticsearch, name: str, layout: Layout, concrete: str, stamp: ModelStamp) -> None:
    """Put it in the place of the one in use, which is deleted in the same step."""
    client.indices.refresh(index=concrete)
    client.indices.put_mapping(index=concrete, meta=meta(stamp))
    _swap(client, name, layout.concrete, concrete)


def bring_up_to_date(client: Elasticsearch, layout: Layout) -> None:
    """Give the index the fields that it lacks; its rows stay as they are."""
    if layout.lacking:
        client.indices.put_mapping(index=layout.concrete, properties=layout.lacking)


def mismatch(name: str, made_by: ModelStamp, wanted: ModelStamp) -> ModelMismatch:
    return ModelMismatch(
        f"The index {name} was made with {_shown(made_by)}, but the model in use is {_shown(wanted)}.",
        f"Re-embed its pictures ({command('reembed')}), set IMAGE_SEARCH_MODEL to "
        f"{made_by.model_id}, or choose another IMAGE_SEARCH_INDEX.",
    )


def remove(client: Elasticsearch, name: str) -> None:
    """Delete the concrete index and with it the alias."""
    layout = find(client, name)
    if layout is not None:
        client.options(ignore_status=404).indices.delete(index=layout.concrete)


def _create(client: Elasticsearch, concrete: str, body: Body, alias: str | None = None) -> None:
    """Create the index, or leave alone what another process has just created."""
    aliases = {alias: {"is_write_index": True}} if alias else None
    try:
        client.indices.create(index=concrete, aliases=aliases, **body)
    except ApiError as error:
        if "resource_already_exists" not in str(error.body):
            raise
        if alias and not client.indices.exists_alias(name=alias):
            [described] = client.indices.get(index=concrete).body.values()
            own = is_ours(described.get("mappings", {}))
            raise (changed.renamed(alias, concrete) if own else changed.foreign(concrete)) from error


def _replace(client: Elasticsearch, name: str, old: Layout, stamp: ModelStamp, packs: bool) -> None:
    """Put a new index in the place of an empty one, or leave it to another process that is about to."""
    for concrete in _successors(old.concrete, name):
        _create(client, concrete, index_body(stamp, packs))
        made = _standing_alone(client, concrete)
        if made == stamp:
            return _swap(client, name, old.concrete, concrete)
        if made is None:
            break
        # Left, for a third model, by a process that did not come to swap it. Deleting it might meet its first rows.
    return time.sleep(_PAUSE)


def _swap(client: Elasticsearch, name: str, old: str, new: str) -> None:
    actions: list[dict[str, Any]] = [
        {"add": {"index": new, "alias": name, "is_write_index": True}},
        {"remove_index": {"index": old}},
    ]
    try:
        client.indices.update_aliases(actions=actions)
    except NotFoundError as error:  # another process has swapped
        if "index_not_found" not in str(error.body):
            raise


def _standing_alone(client: Elasticsearch, concrete: str) -> ModelStamp | None:
    """The stamp of an index of ours without alias; None where it has one, or is not ours."""
    found = client.options(ignore_status=404).indices.get(index=concrete).body.get(concrete, {})
    return None if found.get("aliases") else stamp_of(found.get("mappings", {}))


def _is_empty(client: Elasticsearch, concrete: str) -> bool:
    return _count(client, concrete) == 0


def _count(client: Elasticsearch, concrete: str) -> int:
    quiet = client.options(ignore_status=404)
    quiet.indices.refresh(index=concrete)
    answer = quiet.search(index=concrete, size=0, track_total_hits=True, allow_partial_search_results=False).body
    return int(answer.get("hits", {}).get("total", {}).get("value", 0))


def _successors(concrete: str, name: str) -> Iterator[str]:
    number = re.fullmatch(re.escape(name) + r"-(\d{6})", concrete)
    first = int(number[1]) + 1 if number else 1
    return (f"{name}-{following:06}" for following in range(first, first + _ATTEMPTS))


def _shown(stamp: ModelStamp) -> str:
    return f"{stamp.model_id} ({stamp.dims} dimensions, preprocessing {stamp.preprocessing})"
