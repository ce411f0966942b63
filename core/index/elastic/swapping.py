"""An index that is filled beside the one in use, and put in its place: who writes meanwhile is made to wait."""

import time
from typing import Any

from elasticsearch import Elasticsearch, TransportError

from core.index.elastic.alias import UNFINISHED, keeping, kept, kept_as, under
from core.index.elastic.mapping import Body

RETIRING = "retiring"
"""In the meta data: since when another is being put in its place, or was."""

_SWAP_SECONDS = 5


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
    if concrete in under(client, name):
        change_meta(client, concrete, **{RETIRING: None})


def under_way(client: Elasticsearch, name: str) -> tuple[str, float] | None:
    """The index that is blocked because another is being put in its place, and since when; None where none is."""
    for concrete, described in under(client, name).items():
        blocks = described.get("settings", {}).get("index", {}).get("blocks", {})
        since = described.get("mappings", {}).get("_meta", {}).get(RETIRING)
        if str(blocks.get("write")) == "true" and isinstance(since, int | float):
            return concrete, float(since)
    return None


def is_blocked(client: Elasticsearch, name: str) -> bool:
    """Whether what stands under the name refuses to be written to, whoever wants that."""
    blocks = (one.get("settings", {}).get("index", {}).get("blocks", {}) for one in under(client, name).values())
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
        if under(client, name).keys() != {new}:
            raise
