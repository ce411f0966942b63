"""A cluster as the crew of a job, as far as no Ray is needed: what names one, and what becomes of batches that are
lost."""

from collections.abc import Iterator, Sequence
from itertools import chain

import pytest

from core.errors import ClusterUnavailable, InvalidSetting, ModelUnavailable, SourceUnavailable
from core.ingest.cluster import address
from core.ingest.cluster.ahead import Ahead, Lost
from core.ingest.cluster.connection import places_of
from core.ingest.cluster.task import Looked
from core.ingest.journal.job import Planned, PlannedFile
from core.ingest.journal.progress import Outcome, Verdict
from core.ingest.pipeline.embed import Round

MODEL = "a model"


@pytest.mark.parametrize("text", ["local", "10.0.0.5:6379", "head:6379", "head.example.com:1", "[::1]:6379"])
def test_what_names_a_cluster(text):
    assert address.as_address(text) == text
    assert address.split([text, "/pictures"]) == (text, ["/pictures"])


@pytest.mark.parametrize(
    "text", ["", "pictures", "/pictures", "s3://bucket", "head:0", "head:65536", "ray://head:10001", "a b:1", "-a:1"]
)
def test_what_does_not(text):
    assert address.as_address(text) is None
    assert address.split([text, "/pictures"]) == ("local", [text, "/pictures"])


def test_a_file_that_is_there_is_no_cluster(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "local").mkdir()
    assert address.split(["local"]) == ("local", ["local"])


def test_a_cluster_that_does_not_answer_is_told_at_once(monkeypatch):
    monkeypatch.setattr(address, "find_spec", lambda _: True)
    with pytest.raises(ClusterUnavailable, match=r"answers at 127\.0\.0\.1:1\. Start one \(ray start --head\)"):
        address.check("127.0.0.1:1")


def test_without_ray_its_extra_is_named(monkeypatch):
    monkeypatch.setattr(address, "find_spec", lambda _: None)
    with pytest.raises(InvalidSetting, match=r"image-search\[ray\]"):
        address.check("local")


@pytest.mark.parametrize(
    ("resources", "places"),
    [
        ({"CPU": 2.0}, [False]),
        ({"CPU": 32.0}, [False] * 4),
        ({"CPU": 64.0, "GPU": 2.0}, [True, True]),
        ({"memory": 1.0}, []),  # a machine that only leads
    ],
)
def test_how_many_actors_a_machine_has(resources, places):
    assert places_of(resources) == places


class Files:
    """Keeps `Unread`: files by their numbers, of which some are settled."""

    def __init__(self, count: int, settled: Sequence[int] = ()) -> None:
        self.read = 0
        self._count, self._settled = count, set(settled)

    def __iter__(self) -> Iterator[PlannedFile]:
        for number in range(1, self._count + 1):
            self.read = number
            yield PlannedFile(number, 0, f"/{number}.png", 1, 1, Planned.NEW)

    def settled(self, file: PlannedFile) -> Verdict | None:
        return Verdict(file.path, Outcome.UNCHANGED) if file.number in self._settled else None


class Team:
    """Keeps `core.ingest.cluster.ahead.Team`. Verdicts stand for what actors find; some files kill whoever reads them,
    and some only those who read several."""

    def __init__(self, most: int = 2, killing: Sequence[int] = (), sometimes: Sequence[int] = ()) -> None:
        self.most, self.killing, self.sometimes = most, killing, sometimes
        self.under_way = self.highest = 0
        self.slow = False
        self.model_id = MODEL

    def send(self, files: Sequence[PlannedFile]) -> Sequence[PlannedFile]:
        self.under_way += 1
        self.highest = max(self.highest, self.under_way)
        return files

    def is_done(self, call: Sequence[PlannedFile], seconds: float) -> bool:
        self.slow = not self.slow
        return not self.slow

    def take(self, call: Sequence[PlannedFile]) -> Looked:
        self.under_way -= 1
        if any(file.number in {*self.killing, *self.sometimes} for file in call):
            raise Lost
        return self._looked(call)

    def alone(self, file: PlannedFile) -> Looked:
        if file.number in self.killing:
            raise Lost
        return self._looked([file])

    def _looked(self, files: Sequence[PlannedFile]) -> Looked:
        return Looked(Round([], {one.number: Verdict(one.path, Outcome.ADDED) for one in files}), self.model_id)


def outcomes(files: Files, team: Team, most: int = 100) -> dict[int, Outcome]:
    rounds = list(Ahead(files, team, 4, MODEL).rounds(most, 0.0))
    found = list(chain.from_iterable(one.verdicts.items() for one in rounds))
    assert all(one.size < most + 4 for one in rounds)
    assert len(dict(found)) == len(found)
    return {number: verdict.outcome for number, verdict in found}


def test_batches_come_back_in_the_order_of_the_plan():
    team = Team()
    assert list(outcomes(Files(30), team, most=8)) == list(range(1, 31))
    assert team.highest == team.most
    assert outcomes(Files(0), team) == {}


def test_only_what_is_under_way_is_read_of_the_plan():
    files = Files(10_000)
    rounds = Ahead(files, Team(), 4, MODEL).rounds(4, 0.0)
    assert next(rounds).size == 0  # nothing is done yet, and whoever waits may stop
    assert files.read == 8


def test_what_another_job_has_stored_is_not_handed_out():
    found = outcomes(Files(12, settled=range(1, 11)), Team(killing=range(1, 11)))
    assert found == dict.fromkeys(range(1, 11), Outcome.UNCHANGED) | {11: Outcome.ADDED, 12: Outcome.ADDED}


def test_of_a_batch_that_is_lost_each_file_is_read_by_itself():
    found = outcomes(Files(12), Team(killing=[6], sometimes=[10]))
    assert found == dict.fromkeys(range(1, 13), Outcome.ADDED) | {6: Outcome.FAILED}


def test_a_machine_with_another_model_stops_the_job():
    team = Team()
    team.model_id = "starter"
    with pytest.raises(ModelUnavailable, match="embeds with starter, others with a model"):
        outcomes(Files(3), team)


def test_what_an_actor_raises_is_raised():
    class Away(Team):
        def take(self, call: Sequence[PlannedFile]) -> Looked:
            raise SourceUnavailable("On node-3: /pictures is gone.", "Mount it.")

    with pytest.raises(SourceUnavailable, match="On node-3"):
        outcomes(Files(3), Away())
