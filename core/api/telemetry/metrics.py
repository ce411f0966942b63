"""What is counted of a server, as Prometheus reads it.

Imported when it is first asked for, or when the page has long been there.
"""

from collections.abc import Callable
from typing import Any

import prometheus_client as prometheus
from prometheus_client import GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from core import __version__
from core.ingest.journal.progress import Outcome
from core.search.measured import VERDICTS
from core.telemetry.events import (
    Answered,
    Concluded,
    Embedded,
    Event,
    ModelRestarted,
    Searched,
    SearchFailed,
    Subscription,
)

PREFIX = "image_search"

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SLOW = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

PARTS = ("embedding", "index", "ranking")
TOTAL = "total"
KINDS = ("images", "texts")


class Metrics:
    """The metrics of one server, in a registry of their own. Safe between threads.

    Args:
        events: What has happened and will happen in this process.
        state: What is looked up when it is asked for.
    """

    def __init__(self, events: Subscription, state: Collector) -> None:
        prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each: rates need none of it
        self.registry = prometheus.CollectorRegistry()
        self._requests = self._counter("http_requests", "Requests by route and status", "method", "route", "status")
        self._request_seconds = self._histogram(
            "http_request_duration_seconds", "Time from a request to the end of its answer", _SLOW, "method", "route"
        )
        self._searches = self._counter(
            "searches", "Searches answered, by how well their best result matches", "verdict"
        )
        self._failed_searches = self._counter(
            "searches_failed", "Searches that ended in an error, by its kind", "error"
        )
        self._search_seconds = self._histogram(
            "search_duration_seconds", "Time of a search, and of its parts where no cache had them", _QUICK, "part"
        )
        self._embedded = self._counter("model_inputs", "Pictures and texts that the model has embedded", "kind")
        self._batch_seconds = self._histogram(
            "model_batch_duration_seconds",
            "Time of one call of the model, waiting for its turn included",
            _SLOW,
            "kind",
        )
        self._restarts = self._counter("model_restarts", "Starts of the model's process after it had died")
        self._files = self._counter(
            "ingest_files", "Verdicts on files, of the jobs that ran in this process", "verdict"
        )
        self._begin_at_zero()
        build = self._gauge("build_info", "Which version of the app this is", "version")
        build.labels(__version__).set(1)
        self.registry.register(state)
        for standard in (ProcessCollector, PlatformCollector, GCCollector):
            standard(registry=self.registry)
        events.handle(self.count)

    def text(self, accepted: str) -> tuple[bytes, str]:
        """All of it in the format that is accepted, and the media type of that.

        Args:
            accepted: The Accept header.
        """
        encode, content_type = choose_encoder(accepted)
        return encode(self.registry), content_type

    def count(self, event: Event) -> None:
        match event:
            case Answered(method, route, status, seconds):
                self._requests.labels(method, route, str(status)).inc()
                self._request_seconds.labels(method, route).observe(seconds)
            case Searched(verdict, seconds, parts):
                self._searches.labels(verdict).inc()
                for part, spent in ({TOTAL: seconds} | dict(parts)).items():
                    self._search_seconds.labels(part).observe(spent)
            case SearchFailed(error):
                self._failed_searches.labels(error).inc()
            case Embedded(kind, count, seconds):
                self._embedded.labels(kind).inc(count)
                self._batch_seconds.labels(kind).observe(seconds)
            case ModelRestarted():
                self._restarts.inc()
            case Concluded(outcomes):
                for outcome, count in outcomes.items():
                    self._files.labels(outcome).inc(count)

    def _begin_at_zero(self) -> None:
        """What can happen is there before it does: else its first time is no increase of anything."""
        for verdict in VERDICTS:
            self._searches.labels(verdict)
        for part in (*PARTS, TOTAL):
            self._search_seconds.labels(part)
        for kind in KINDS:
            self._embedded.labels(kind)
            self._batch_seconds.labels(kind)
        for outcome in Outcome:
            self._files.labels(outcome.value)

    def _counter(self, name: str, about: str, *labels: str) -> prometheus.Counter:
        return self._made(prometheus.Counter, name, about, labels)

    def _gauge(self, name: str, about: str, *labels: str) -> prometheus.Gauge:
        return self._made(prometheus.Gauge, name, about, labels)

    def _histogram(self, name: str, about: str, buckets: tuple[float, ...], *labels: str) -> prometheus.Histogram:
        return self._made(prometheus.Histogram, name, about, labels, buckets=buckets)

    def _made[M](self, kind: Callable[..., M], name: str, about: str, labels: tuple[str, ...], **more: Any) -> M:
        return kind(f"{PREFIX}_{name}", f"{about}.", labels, registry=self.registry, **more)
