"""The index for a model: made where there is none, put in the place of an empty one, brought up to date, removed.

Processes may do so at once: each looks at what the others have made before it goes on.
"""

import time
from collections.abc import Iterator
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError

from core.errors import IndexUnavailable, ModelMismatch
from core.index.elastic import changed
from core.index.elastic.alias import count, find, kept, kept_as, number_of
from core.index.elastic.mapping import Body, Layout, is_ours, stamp_of
from core.index.index import ModelStamp
from core.models import ask_for
from core.text.command import command

_ATTEMPTS = 20
_MAX_KEPT = 1000
_PAUSE = 0.1  # seconds; another process is in the middle of the same


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
    return count(client, concrete) == 0


def _successors(concrete: str, name: str) -> Iterator[str]:
    first = number_of(name, concrete) + 1
    return (f"{name}-{following:06}" for following in range(first, first + _MAX_KEPT))


def _shown(stamp: ModelStamp) -> str:
    return f"{stamp.model_id} ({stamp.dims} dimensions, preprocessing {stamp.preprocessing})"
