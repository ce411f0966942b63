"""How an index on the server is doing."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from core.index.elastic.connection import Connection
from core.index.elastic.errors import IndexMissing
from core.index.elastic.query.queries import Answer
from core.index.statistics import Health, Statistics, little_space
from core.text.words import counted

_SECONDS = 5  # a page waits for it
_HEALTH = "status,number_of_data_nodes,unassigned_shards,active_primary_shards,indices.*.number_of_*"
_IN_MEMORY = ("total_veb_size_bytes", "total_veq_size_bytes", "total_vex_size_bytes")
"""Quantized vectors, of bits and of numbers, and graphs."""

_STATS = ("store", "segments", "dense_vector")


def of_index(connection: Connection) -> Statistics:
    """
    Raises:
        IndexUnavailable: the server does not answer.
    """
    client = connection.search_client.options(request_timeout=_SECONDS)
    if not connection.is_cluster:
        client = client.options(max_retries=0)
    try:
        with connection.translate_errors():
            count = int(client.count(index=connection.index)["count"])  # also of what others have just written
            counts = client.indices.stats(index=connection.index, metric=_STATS, filter_path="_all").body
            told = client.cluster.health(index=connection.index, level="indices", timeout="1s", filter_path=_HEALTH)
    except IndexMissing:
        return Statistics("green", "Nothing is indexed yet.", count=0, disk=0, pieces=0, free=_free(client))
    health: Answer = told.body
    primaries, total = (counts.get("_all", {}).get(part, {}) for part in ("primaries", "total"))
    settings: Mapping[str, Any] = next(iter(health.get("indices", {}).values()), {})
    disk, free = int(total.get("store", {}).get("size_in_bytes", 0)), _free(client)
    state, message, remedy = _words(connection.index, health, little_space(free, disk))
    if state == "green" and (silent := connection.silent_nodes()):
        state, message, remedy = "yellow", *_silent(silent)
    return Statistics(
        state,
        message,
        remedy,
        count=count,
        disk=disk,
        memory=_memory(total.get("dense_vector", {}).get("off_heap", {})),
        pieces=primaries.get("segments", {}).get("count"),
        shards=settings.get("number_of_shards"),
        replicas=settings.get("number_of_replicas"),
        nodes=health.get("number_of_data_nodes"),
        free=free,
    )


def _silent(nodes: Sequence[str]) -> tuple[str, str]:
    return (
        f"Searches are answered. {counted(len(nodes), 'node')} of the cluster cannot be reached: {', '.join(nodes)}.",
        "Start it again, or take it out of ELASTICSEARCH_URL.",
    )


def _memory(off_heap: Mapping[str, Any]) -> int | None:
    """What searches should find in the server's file cache: the graphs and the quantized vectors, not the others."""
    parts = [int(off_heap[name]) for name in _IN_MEMORY if name in off_heap]
    return sum(parts) if parts else None


def _free(client: Elasticsearch) -> int | None:
    """Of the fullest node; None where the key has not the right to ask."""
    with suppress(ApiError, TransportError):
        told = client.nodes.stats(metric="fs", filter_path="nodes.*.fs.total.available_in_bytes").body
        free = [int(node["fs"]["total"]["available_in_bytes"]) for node in told.get("nodes", {}).values()]
        return min(free, default=None)
    return None


def _words(index: str, health: Answer, space: str) -> tuple[Health, str, str]:
    """What is so, and what to do about it."""
    lacking = int(health.get("unassigned_shards", 0))
    have = "has" if lacking == 1 else "have"
    match health.get("status"):
        case "red":
            return (
                "red",
                f"{counted(lacking, 'shard')} of it cannot be reached: some pictures are not found.",
                "Start the nodes that hold them; GET /_cluster/allocation/explain says what is missing.",
            )
        case "yellow":
            return (
                "yellow",
                f"{counted(lacking, 'copy', 'copies')} of its shards {have} no node: nothing is missing, but some is "
                "kept only once.",
                f'Add a node, or ask for no copies: PUT /{index}/_settings {{"index.number_of_replicas": 0}}',
            )
    if space:
        return "yellow", space, "Free or add disk space on the server, before it stops writing."
    return "green", "All is well.", ""
