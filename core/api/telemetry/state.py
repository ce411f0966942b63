"""What metrics say of queue, index, model, caches and disk: looked up when they are asked for."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial

import psutil
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from core.api.health import asked_in_time
from core.cache import tallies
from core.errors import ImageSearchError
from core.index.index import Totals
from core.ingest.journal.job import JobState, Status
from core.services import Services

PREFIX = "image_search"


class State(Collector):
    """
    Args:
        services: Gives the shared services of all collections, by their names.
    """

    def __init__(self, services: Callable[[], Mapping[str, Services]]) -> None:
        self._services = services

    def describe(self) -> Sequence[Metric]:
        """Without looking anything up: for the registry, when it is told of this."""
        return [*_caches(), *_queue({}), *_indices({}), *_models({}), *_disk({})]

    def collect(self) -> Iterator[Metric]:
        try:
            services = self._services()
        except ImageSearchError:  # of settings, which `/readyz` says
            services = {}
        yield from _caches()
        for part in (_queue, _indices, _models, _disk):
            yield from part(services)


def _gauge(name: str, about: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", f"{about}.", labels=labels)


def _caches() -> Iterator[Metric]:
    hits = CounterMetricFamily(f"{PREFIX}_cache_hits", "What a cache in memory had.", labels=["cache"])
    misses = CounterMetricFamily(f"{PREFIX}_cache_misses", "What a cache in memory had not.", labels=["cache"])
    entries = _gauge("cache_entries", "How much is in a cache in memory", "cache")
    capacity = _gauge("cache_capacity_entries", "How much can be in a cache in memory", "cache")
    for name, tally in sorted(tallies.items()):
        hits.add_metric([name], tally.hits)
        misses.add_metric([name], tally.misses)
        entries.add_metric([name], tally.entries)
        capacity.add_metric([name], tally.capacity)
    yield from (hits, misses, entries, capacity)


def _queue(services: Mapping[str, Services]) -> Iterator[Metric]:
    up = _gauge("journal_up", "Whether the job database answers", "collection")
    jobs = _gauge("jobs", "Jobs by state, of all processes", "collection", "status")
    waiting = _gauge("jobs_files_waiting", "Files that jobs which have not ended still have to do", "collection")
    rate = _gauge("jobs_files_per_second", "Files a second that the running jobs do", "collection")
    ended = _gauge("index_last_ingest_timestamp_seconds", "When the last ingest ended that was done", "collection")
    for name, one in services.items():
        found = asked_in_time(one, "queue", partial(_jobs, one))
        up.add_metric([name], float(not isinstance(found, ImageSearchError)))
        if isinstance(found, ImageSearchError):
            continue
        counts, unended, last = found
        for status, count in counts.items():
            jobs.add_metric([name, status.value], count)
        waiting.add_metric([name], sum(max(0, job.total - job.done) for job in unended))
        rate.add_metric([name], sum(job.rate for job in unended if job.status is Status.RUNNING))
        if last is not None:
            ended.add_metric([name], last)
    yield from (up, jobs, waiting, rate, ended)


def _jobs(services: Services) -> tuple[dict[Status, int], list[JobState], float | None]:
    journal, jobs = services.library.journal, services.jobs
    unended = jobs.open()  # which finds those whose process has ended
    return journal.by_status(), unended, journal.last_ended()


def _indices(services: Mapping[str, Services]) -> Iterator[Metric]:
    up = _gauge("index_up", "Whether the engine of the index answers", "collection", "engine")
    records = _gauge("index_records", "Pictures in the index", "collection")
    size = _gauge("index_files_bytes", "Bytes that the files of the indexed pictures have together", "collection")
    for name, one in services.items():
        found: Totals | ImageSearchError = asked_in_time(one, "totals", one.index.totals)
        up.add_metric([name, one.index.engine], float(isinstance(found, Totals)))
        if isinstance(found, Totals):
            records.add_metric([name], found.count)
            size.add_metric([name], found.size)
    yield from (up, records, size)


def _models(services: Mapping[str, Services]) -> Iterator[Metric]:
    loaded = _gauge("model_loaded", "Whether the model is loaded, and its process alive", "collection")
    info = _gauge("model_info", "Which model searches", "collection", "model")
    memory = _gauge("model_process_resident_memory_bytes", "Memory of the model's process", "collection")
    for name, one in services.items():
        embedder = one.model.loaded
        loaded.add_metric([name], float(one.model.works))
        if embedder is not None:
            info.add_metric([name, embedder.model_id], 1)
        if one.model.works and (process := getattr(embedder, "process", None)):
            with suppress(psutil.Error):  # it has just ended
                memory.add_metric([name], psutil.Process(process.pid).memory_info().rss)
    yield from (loaded, info, memory)


def _disk(services: Mapping[str, Services]) -> Iterator[Metric]:
    free = _gauge("data_folder_free_bytes", "Space left where the data folder is")
    total = _gauge("data_folder_disk_bytes", "Size of the disk that the data folder is on")
    for one in list(services.values())[:1]:  # they share it
        with suppress(OSError):
            usage = shutil.disk_usage(one.settings.data_dir)
            free.add_metric([], usage.free)
            total.add_metric([], usage.total)
    yield from (free, total)
