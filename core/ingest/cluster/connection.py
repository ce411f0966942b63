"""The only place that knows Ray: a cluster joined or started, actors in it, and its errors in plain words."""

import logging
import os
import warnings
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from core.errors import ClusterUnavailable, ImageSearchError
from core.index.index import ModelStamp
from core.index.records import ImageRecord
from core.ingest.cluster.address import LOCAL, check, has_token
from core.ingest.cluster.ahead import Lost
from core.ingest.cluster.looker import Looker
from core.ingest.cluster.task import Looked, Ready, Task
from core.ingest.journal.job import PlannedFile
from core.vectors import Embeddings

CORES_EACH = 8
"""Of an actor without a GPU: its model runs so many batches side by side at most, and is in memory once."""

AT_ONCE = 2
"""Batches that an actor works on: one is read while another is embedded."""

RETRIES = 3
"""How often a batch is given to another where an actor or its machine dies."""

_WRITING = "writing"  # has a thread of its own in each actor: it does not wait for pictures
_LOCAL_CPUS = 6  # or as many as there are: Ray counts them, and gives nobody a core of its own
_LOCAL_BYTES = 100 << 20  # of the object store: what is under way are thumbnails and embeddings
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nobody is told
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else it warns that it will be so one day
}
_log = logging.getLogger(__name__)


class Connection:
    """A cluster, joined with `join`. Left with `close`; one that was there before, stays.

    Args:
        address: `local`, or that of the cluster's head.
    """

    def __init__(self, address: str, task: Task) -> None:
        self._address, self._task = address, task
        self._actors: list[Any] = []
        self._careful: Any = None  # an actor for one file at a time, that is not started again
        self._busy: dict[Any, int] = {}  # which actor has a batch
        self._started = False
        # What Ray starts ends with the thread that has started it.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ray")
        self.most = 1

    def join(self) -> Ready:
        """Join the cluster, or start one, and fill it with actors; returns what one of them says.

        Raises:
            InvalidSetting, ClusterUnavailable: why it cannot be used.
            ModelUnavailable, ModelMismatch: no actor has the model.
        """
        check(self._address)
        self._thread.submit(self._join).result()
        return self._filled()

    def send(self, files: Sequence[PlannedFile]) -> Any:
        at = self._least_busy()
        call = self._actors[at].look.remote(list(files))
        self._busy[call] = at
        return call

    def is_done(self, call: Any, seconds: float) -> bool:
        import ray

        return bool(ray.wait([call], timeout=seconds)[0])

    def take(self, call: Any) -> Looked:
        self._busy.pop(call, None)
        looked: Looked = self._got(call)
        return looked

    def alone(self, file: PlannedFile) -> Looked:
        if self._careful is None:
            self._careful = self._made(max_concurrency=1, max_restarts=0, max_task_retries=0)
        try:
            looked: Looked = self._got(self._careful.look.remote([file]))
        except Lost:
            self._careful = None
            raise
        return looked

    @property
    def size(self) -> int:
        """How many actors there are."""
        return len(self._actors)

    def write(self, parts: Sequence[tuple[Sequence[ImageRecord], Embeddings]], stamp: ModelStamp) -> None:
        """Have as many actors as there are parts store one each, and wait until all have; raises as `take`."""
        calls = [
            actor.write.options(concurrency_group=_WRITING).remote(list(records), embeddings, stamp)
            for actor, (records, embeddings) in zip(self._actors, parts, strict=False)
        ]
        for call in calls:
            self._got(call)

    def close(self) -> None:
        """End the actors, and the cluster where it was started here."""
        for actor in filter(None, (*self._actors, self._careful)):
            _kill(actor)
        self._actors, self._careful = [], None
        if self._started:
            self._started = False
            self._thread.submit(_leave).result()
        self._thread.shutdown()

    def _join(self) -> None:
        for name, value in _QUIET.items():
            os.environ.setdefault(name, value)  # of the processes that it starts, too
        if self._address != LOCAL and has_token():
            os.environ.setdefault("RAY_AUTH_MODE", "token")  # what it is by default where a cluster is started
        import ray

        if ray.is_initialized():
            return
        # What forks here becomes another program at once.
        warnings.filterwarnings("ignore", "lancedb fork support", RuntimeWarning)
        how: dict[str, Any] = {"address": self._address}
        if self._address == LOCAL:
            cpus = max(_LOCAL_CPUS, os.cpu_count() or 1)
            how |= {"num_cpus": cpus, "object_store_memory": _LOCAL_BYTES, "include_dashboard": False}
        try:
            ray.init(**how, logging_level=logging.ERROR, log_to_driver=False, configure_logging=True)
        except Exception as error:  # of many kinds
            _log.warning("Ray: %s", error)
            raise _unusable(self._address, error) from error
        self._started = True

    def _filled(self) -> Ready:
        import ray

        nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        places = Counter(has_gpu for node in nodes for has_gpu in places_of(node))
        self._actors = [self._made(num_gpus=int(gpu)) for gpu, count in places.items() for _ in range(count)]
        if not self._actors:
            raise ClusterUnavailable(
                "No machine of the Ray cluster has a core.", "Start Ray with --num-cpus on one of them."
            )
        try:
            ready: Ready = self._got(self._actors[0].ready.remote())
        except Lost as error:
            raise _unusable(self._address, error) from error
        if ready.version != self._task.version:
            raise ClusterUnavailable(
                f"{ready.host} has version {ready.version} of image-search, this machine {self._task.version}.",
                "Install the same version on all machines of the cluster.",
            )
        self.most = 2 * AT_ONCE * len(self._actors)
        return ready

    def _made(self, **how: Any) -> Any:
        import ray

        usual = {
            "num_cpus": 1,
            "scheduling_strategy": "SPREAD",
            "max_concurrency": AT_ONCE,
            "concurrency_groups": {_WRITING: 1},
        }
        lasting = {"max_restarts": -1, "max_task_retries": RETRIES}
        return ray.remote(**{**usual, **lasting, **how})(Looker).remote(self._task)

    def _least_busy(self) -> int:
        import ray

        calls = list(self._busy)
        waiting = ray.wait(calls, num_returns=len(calls), timeout=0)[1] if calls else []
        load = Counter(self._busy[call] for call in waiting)
        return min(range(len(self._actors)), key=lambda at: load[at])

    def _got(self, call: Any) -> Any:
        """
        Raises:
            Lost: whoever was to answer has died, too often.
            ClusterUnavailable: nobody can.
            ImageSearchError: as it was raised there.
        """
        import ray

        try:
            answer = ray.get(call)
        except (ray.exceptions.ActorDiedError, ray.exceptions.ActorUnavailableError) as error:
            if reason := _without_package(error):
                raise reason from error
            raise Lost from error
        except ray.exceptions.RaySystemError as error:
            raise _without_package(error) or _unusable(self._address, error) from error
        if isinstance(answer, ImageSearchError):
            raise answer
        return answer


def places_of(resources: dict[str, float]) -> list[bool]:
    """For each actor that a machine is to have, whether it has a GPU."""
    gpus, cpus = int(resources.get("GPU", 0)), int(resources.get("CPU", 0))
    return [True] * gpus if gpus else [False] * (max(1, cpus // CORES_EACH) if cpus else 0)


def _without_package(error: Exception) -> ClusterUnavailable | None:
    """What to say where a machine cannot run what it is given."""
    text = str(error)
    if "ModuleNotFoundError" not in text and "ImportError" not in text and "failed to import" not in text:
        return None
    return ClusterUnavailable(
        "A machine of the Ray cluster does not have this app, or not all that it needs.",
        'Install it on all of them, the same version: pip install "image-search[ray]".',
    )


def _unusable(address: str, error: Exception) -> ClusterUnavailable:
    where = "A Ray cluster on this machine" if address == LOCAL else f"The Ray cluster at {address}"
    if address == LOCAL:
        return ClusterUnavailable(f"{where} does not start.", "Leave out --ray, or see the log for the details.")
    return ClusterUnavailable(
        f"{where} cannot be used from this machine.",
        "Make it part of the cluster (ray start), with the same versions of Ray, Python and this app, and the same "
        "RAY_AUTH_MODE and RAY_AUTH_TOKEN.",
    )


def _kill(actor: Any) -> None:
    import ray

    with suppress(Exception):  # the cluster may be gone
        ray.kill(actor, no_restart=True)


def _leave() -> None:
    import ray

    ray.shutdown()
