"""The concrete index behind the alias: `images-000001` behind `images`, so that another can take its place in one step.

An index that is kept beside it, because it was in use or is going to be, has an alias of its own (`kept_as`). By this
it is told from one whose alias somebody has removed; it moves in the same step as the name; and rows that are sent to
it are refused once it is gone, rather than taken for those of a new index.
"""

import logging
import re
import time
from collections.abc import Iterator
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from core.errors import IndexUnavailable, ModelMismatch
from core.index.elastic import changed
from core.index.elastic.errors import parts_missing
from core.index.elastic.mapping import Body, Layout, is_ours, lacking, quantisation_of, stamp_of
from core.index.index import ModelStamp
from core.models import ask_for
from core.text.command import command

_log = logging.getLogger(__name__)

_ATTEMPTS = 20
UNFINISHED = "unfinished"  # in the meta data of an index that is being filled beside the one in use
RETIRING = "retiring"
"""In the meta data: since when another is being put in its place, or was."""

_MAX_KEPT = 1000
_SWAP_SECONDS = 5
_PAUSE = 0.1  # seconds; another process is in the middle of the same


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
    return _layout(concrete, described, stamp)


def describe(client: Elasticsearch, concrete: str) -> Layout | None:
    """An index of ours, whatever alias it has; None where there is none."""
    described = _get(client, concrete).get(concrete, {})
    stamp = stamp_of(described.get("mappings", {}))
    return None if stamp is None else _layout(concrete, described, stamp)


def kept(client: Elasticsearch, name: str) -> dict[int, tuple[str, Body]]:
    """The indices of ours with this name and a number, by that, and the one that the alias stands for: as number 0
    where it is called otherwise."""
    numbered = client.indices.get(index=f"{name}-*", expand_wildcards="all", allow_no_indices=True).body
    found = {concrete: one for concrete, one in numbered.items() if number_of(name, concrete)} | _get(client, name)
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


def _layout(concrete: str, described: Body, stamp: ModelStamp) -> Layout:
    uuid, mapping = described.get("settings", {}).get("index", {}).get("uuid", ""), described.get("mappings", {})
    return Layout(concrete, stamp, lacking(mapping, stamp), uuid, quantisation_of(mapping))


def number_of(name: str, concrete: str) -> int:
    """The number of a version; 0 where the index is called otherwise."""
    found = re.fullmatch(re.escape(name) + r"-(\d{6})", concrete)
    return int(found[1]) if found else 0


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
        numbered and not described.get("aliases") and stamp_of(mapping) and not mapping["_meta"].get(UNFINISHED)
    )


def check_parts(client: Elasticsearch, name: str, address: str) -> None:
    """Call it where the index does not answer.

    Raises:
        IndexUnavailable: parts of it are not there.
    """
    asked = client.options(request_timeout=5, max_retries=0)
    if asked.cluster.health(index=name, timeout="1s").body.get("status") == "red":
        raise parts_missing(address, name)


def make_ready(client: Elasticsearch, name: str, stamp: ModelStamp, body: Body) -> None:
    """Create the index for this model, or replace an empty one of another model; processes may do so at once.

    Args:
        body: What a new one is made of.

    Raises:
        ModelMismatch: it holds rows of another model.
        IndexUnavailable: what stands under the name was not made by this app.
    """
    for _ in range(_ATTEMPTS):
        layout = find(client, name)
        if layout is not None and layout.stamp == stamp:
            return bring_up_to_date(client, layout)
        if layout is None:
            _create(client, f"{name}-000001", body, alias=name)
        elif _is_empty(client, layout.concrete):
            _replace(client, name, layout, stamp, body)
        else:
            raise mismatch(name, layout.stamp, stamp)
    raise IndexUnavailable(
        f"The index {name} cannot be prepared: other processes keep changing it.",
        "Set the same IMAGE_SEARCH_MODEL for all processes that use this index.",
    )


def begin_successor(client: Elasticsearch, name: str, body: Body) -> int:
    """Create an empty index beside the one in use, to be filled; returns its number."""
    mappings = body["mappings"]
    unfinished = {**mappings, "_meta": {**mappings["_meta"], UNFINISHED: True}}
    number = max(kept(client, name), default=0) + 1
    concrete = f"{name}-{number:06}"
    client.indices.create(
        index=concrete, aliases={kept_as(concrete): {"is_hidden": True}}, **{**body, "mappings": unfinished}
    )
    return number


def finish_successor(client: Elasticsearch, concrete: str) -> None:
    """Note that all is in it."""
    change_meta(client, concrete, **{UNFINISHED: None})


def change_meta(client: Elasticsearch, concrete: str, **values: Any) -> None:
    """Set values in an index's meta data; None takes them out."""
    before = client.indices.get_mapping(index=concrete).body[concrete]["mappings"].get("_meta", {})
    after = {key: value for key, value in {**before, **values}.items() if value is not None}
    if after != before:
        client.indices.put_mapping(index=concrete, meta=after)


def block(client: Elasticsearch, concrete: str) -> None:
    """Refuse what is written to it from now on, marked as passing; what was under way has ended when it returns."""
    change_meta(client, concrete, **{RETIRING: time.time()})
    client.indices.add_block(index=concrete, block="write")


def unblock(client: Elasticsearch, concrete: str, name: str) -> None:
    """Undo `block`; what has the name still is not retired."""
    client.options(ignore_status=404).indices.put_settings(index=concrete, settings={"index.blocks.write": None})
    if concrete in _get(client, name):
        change_meta(client, concrete, **{RETIRING: None})


def swapping(client: Elasticsearch, name: str) -> tuple[str, float] | None:
    """The index that is blocked because another is being put in its place, and since when; None where none is."""
    for concrete, described in _get(client, name).items():
        blocks = described.get("settings", {}).get("index", {}).get("blocks", {})
        since = described.get("mappings", {}).get("_meta", {}).get(RETIRING)
        if str(blocks.get("write")) == "true" and isinstance(since, int | float):
            return concrete, float(since)
    return None


def is_blocked(client: Elasticsearch, name: str) -> bool:
    """Whether what stands under the name refuses to be written to, whoever wants that."""
    blocks = (one.get("settings", {}).get("index", {}).get("blocks", {}) for one in _get(client, name).values())
    return any(str(one.get("write")) == "true" for one in blocks)


def put_in_place(client: Elasticsearch, name: str, old: str, new: str) -> None:
    """Give the name to another index; the one that had it is kept."""
    actions: list[dict[str, Any]] = [
        keeping(old),
        {"remove": {"index": old, "alias": name, "must_exist": True}},
        {"add": {"index": new, "alias": name, "is_write_index": True}},
        {"remove": {"index": new, "alias": kept_as(new), "must_exist": False}},
    ]
    seconds = f"{_SWAP_SECONDS}s"
    once = client.options(request_timeout=3 * _SWAP_SECONDS, max_retries=0)
    try:
        once.indices.update_aliases(actions=actions, master_timeout=seconds, timeout=seconds)
    except TransportError:
        time.sleep(_SWAP_SECONDS + 1)  # by now it is done, or never will be
        if _get(client, name).keys() != {new}:
            raise


def bring_up_to_date(client: Elasticsearch, layout: Layout) -> None:
    """Give the index the fields that it lacks; its rows stay as they are."""
    if layout.lacking:
        client.indices.put_mapping(index=layout.concrete, properties=layout.lacking)


def mismatch(name: str, made_by: ModelStamp, wanted: ModelStamp) -> ModelMismatch:
    return ModelMismatch(
        f"The index {name} was made with {_shown(made_by)}, but the model in use is {_shown(wanted)}.",
        f"Re-embed its pictures ({command('reembed')}), or use its model: {ask_for(made_by.model_id)}.",
    )


def remove(client: Elasticsearch, name: str) -> None:
    """Delete the concrete index and with it the alias, and all that are kept beside it."""
    find(client, name)
    for concrete, _ in kept(client, name).values():
        client.options(ignore_status=404).indices.delete(index=concrete)


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


def _replace(client: Elasticsearch, name: str, old: Layout, stamp: ModelStamp, body: Body) -> None:
    """Put a new index in the place of an empty one, or leave it to another process that is about to."""
    for concrete in _successors(old.concrete, name):
        _create(client, concrete, body)
        if _is_kept(client, concrete):
            continue
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


def _is_kept(client: Elasticsearch, concrete: str) -> bool:
    found = client.options(ignore_status=404).indices.get(index=concrete).body.get(concrete, {})
    return kept_as(concrete) in found.get("aliases", {})


def _is_empty(client: Elasticsearch, concrete: str) -> bool:
    return _count(client, concrete) == 0


def _count(client: Elasticsearch, concrete: str) -> int:
    quiet = client.options(ignore_status=404)
    quiet.indices.refresh(index=concrete)
    answer = quiet.search(index=concrete, size=0, track_total_hits=True, allow_partial_search_results=False).body
    return int(answer.get("hits", {}).get("total", {}).get("value", 0))


def _successors(concrete: str, name: str) -> Iterator[str]:
    first = number_of(name, concrete) + 1
    return (f"{name}-{following:06}" for following in range(first, first + _MAX_KEPT))


def _shown(stamp: ModelStamp) -> str:
    return f"{stamp.model_id} ({stamp.dims} dimensions, preprocessing {stamp.preprocessing})"
