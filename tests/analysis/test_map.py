"""A map of planted pictures: laid out once, then added to, taken from, named, selected on, and made anew."""

import shutil
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from core.access.actors import Actor
from core.access.roles import Role
from core.analysis.kept import KeptAnalyses
from core.analysis.map import building, keeping
from core.analysis.map.building import MapAnalysis
from core.analysis.map.colours import Categories, Numbers
from core.analysis.map.layout import process
from core.analysis.map.maps import Choice, Maps
from core.analysis.map.naming.given import ClusterNames
from core.analysis.map.selections import Selections
from core.analysis.neighbours.graph import load
from core.database import Database
from core.errors import AccessDenied, ImageSearchError, MapChanged, NameRefused, NotMade, SelectionRefused
from core.images.describe import Box
from core.index.filters import AnyOf, Filter, Selected
from core.index.index import ModelStamp
from core.index.lance.engine import LanceIndex
from core.ingest.journal.job import AnalysisTask, JobState, Status
from core.ingest.journal.progress import Phase, Progress
from core.search.language.parser import parse
from core.search.query import Query, Search
from core.search.relevance.concepts import CONCEPTS
from core.vectors import unit
from tests.ingest.libraries import journal_url
from tests.records import a_record

DIMS = 48
PLANTED = ("dog", "pizza", "airplane", "beach")
EACH = 60
EDITOR, VIEWER = Actor("Anna", role=Role.EDITOR), Actor("Ben", role=Role.VIEWER)


@pytest.fixture(scope="module")
def bank():
    rng = np.random.default_rng(0)
    return CONCEPTS, unit(rng.standard_normal((len(CONCEPTS), DIMS)))


def planted(bank, concept, count, first=0):
    """Records of pictures that show it, and their embeddings."""
    rng = np.random.default_rng(hash(concept) % 1000 if first is None else [*map(ord, concept), first])
    rows = unit(bank[1][CONCEPTS.index(concept)] + 0.35 * rng.standard_normal((count, DIMS)) / np.sqrt(DIMS) * 2)
    made = [
        a_record(f"{concept}-{first + number}.jpg", f"/pictures/{number % 3}", brightness=number / count)
        for number in range(count)
    ]
    return made, rows


class World:
    """A collection with its map, without the app around it."""

    def __init__(self, folder, bank) -> None:
        self.index = LanceIndex(folder / "index", "images")
        self.index.prepare(ModelStamp("test", DIMS))
        self.kept = KeptAnalyses(folder / "analysis", self.index)
        self.database = Database(journal_url(folder))
        self.names = ClusterNames(self.database, "images")
        self.selections = Selections(self.database, "images")
        self.analysis = MapAnalysis(self.index, self.kept, lambda: self.names, lambda: bank)
        self.job: JobState | None = None
        self.reports: list[Progress] = []

    @property
    def maps(self) -> Maps:
        library: Any = SimpleNamespace(latest_analysis=lambda name: self.job)
        none: Any = None
        return Maps(
            self.index, self.kept, lambda: library, none, lambda w: w, lambda: self.names, lambda: self.selections
        )

    def run(self, **options):
        job = JobState(1, "Map", (), Status.RUNNING, analysis=AnalysisTask("map", options))
        return list(self.analysis.run(job))

    def planned(self, **options) -> int:
        job = JobState(1, "Map", (), Status.PLANNING, analysis=AnalysisTask("map", options))
        return list(self.analysis.plan(job))[-1].new

    def ids(self, concept) -> set[str]:
        return {one.id for some in self.index.records() for one in some if one.name.startswith(f"{concept}-")}

    def place(self, made, id_):
        return made.points[made.numbers_of([id_])[0]]


@pytest.fixture(scope="module")
def made_once(tmp_path_factory, bank):
    """Laid out in a process, once for all tests, which leave it as it is."""
    world = World(tmp_path_factory.mktemp("map"), bank)
    assert world.maps.status().state == "none"
    assert not world.kept.is_made("map")
    for concept in PLANTED:
        world.index.upsert(*planted(bank, concept, EACH))
    copy = a_record("copy of dog-0.jpg", content_hash=a_record("dog-0.jpg", "/pictures/0").content_hash)
    world.index.upsert([copy], planted(bank, "dog", 1)[1])
    assert world.planned() == 4 * EACH + 1
    world.reports = world.run()
    return world


def in_this_process(folder):
    """What `process.run` does, without starting one."""
    process.work(folder, lambda *_: None, 1)
    yield process.Step(True, 1, 1)


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr("core.analysis.map.layout.process.run", in_this_process)


@pytest.fixture
def world(made_once, tmp_path, bank, here):
    """A copy of it that a test may change."""
    made_once.index.start_afresh()
    for folder in ("index", "analysis"):
        shutil.copytree(made_once.index.folder.parent / folder, tmp_path / folder)
    return World(tmp_path, bank)


def test_it_says_how_far_it_is(made_once):
    phases = list(dict.fromkeys(report.phase for report in made_once.reports))
    assert phases == [Phase.COMPARING, Phase.ARRANGING, Phase.GROUPING, Phase.NOTING]
    assert all(0 <= report.done <= report.total for report in made_once.reports)
    assert not made_once.kept.of(building.WORK).folder.exists()


def test_what_is_alike_stands_together_and_is_named_for_it(made_once):
    status = made_once.maps.status()
    made = status.map
    assert (status.state, status.behind, made.size) == ("ready", 0, 4 * EACH + 1)
    assert np.abs(made.points).max() <= 1.01
    assert made.quality.trustworthiness > 0.9
    finest = [one for one in made.clusters if one.level == len(made.levels) - 1]
    assert {one.name for one in finest} == {*PLANTED}
    for one in finest:
        assert one.named_by == "concepts"
        assert one.size >= 0.9 * EACH
        assert {cover.id for cover in one.covers} <= made_once.ids(one.name)
        assert len(one.covers) == 6
        assert made.bounds[0] <= one.bounds[0] <= one.x <= one.bounds[2] <= made.bounds[2]
        assert made_once.index.get([one.covers[0].id])[0].content_hash == one.covers[0].content_hash
        assert made.digits[one.covers[0].point].decode() == one.covers[0].id


def test_a_cluster_is_a_filter_and_a_facet(made_once):
    made = made_once.maps.at()
    counts = made_once.index.facets(None, ["cluster"])["cluster"]
    assert counts == {one.name: one.size for one in made.clusters}
    for one in made.clusters:
        where = parse(one.filter)[1]
        found = {id_ for ids, _ in made_once.index.values([], where) for id_ in ids}
        assert found == {made.digits[point].decode() for point in np.flatnonzero(made.members(one.number))}
        assert made_once.index.count(where) == one.size


def test_copies_stand_side_by_side(made_once):
    made = made_once.maps.at()
    first, copy = (a_record("dog-0.jpg", "/pictures/0").id, a_record("copy of dog-0.jpg").id)
    apart = np.linalg.norm(made_once.place(made, first) - made_once.place(made, copy))
    assert 0 < apart < 0.01


def test_the_same_places_after_a_restart(made_once, bank):
    again = World(made_once.index.folder.parent, bank).maps.at()
    before = made_once.maps.at()
    assert again.version == before.version
    assert again.points.tobytes() == before.points.tobytes()
    assert again.clusters == before.clusters


def test_nothing_is_to_be_done_until_something_comes(made_once):
    assert made_once.planned() == 0
    assert made_once.planned(again=True) == 4 * EACH + 1


def test_new_pictures_move_nobody_and_are_in_the_clusters_around_them(world, bank):
    before = world.maps.at()
    records, rows = planted(bank, "pizza", 80, first=1000)
    world.index.upsert(records, rows)
    gone = before.digits[7].decode()
    world.index.delete([gone])
    assert world.maps.status().behind == 79
    assert world.planned() > 0
    world.run()
    made = world.maps.at()
    assert (made.size, made.layout) == (4 * EACH + 80, before.layout)
    assert made.version != before.version
    ids = [id_.decode() for id_ in before.digits if id_.decode() != gone]
    assert made.points[made.numbers_of(ids)].tobytes() == before.points[before.numbers_of(ids)].tobytes()
    assert world.index.count(Filter((AnyOf("cluster", ("pizza",)),))) >= 0.9 * (EACH + 80)
    new = made.points[made.numbers_of([one.id for one in records])]
    pizza = next(one for one in made.clusters if one.name == "pizza")
    assert np.median(np.hypot(*(new - [pizza.x, pizza.y]).T)) < 0.5
    assert world.planned() == 0


def test_laid_out_anew_it_lies_where_it_lay(world):
    before = world.maps.at()
    world.run(again=True)
    made = world.maps.at()
    assert made.layout != before.layout
    apart = np.linalg.norm(made.points - before.points, axis=1)
    assert np.median(apart) < 0.5  # of 2
    assert {one.name for one in made.clusters} == {one.name for one in before.clusters}


def test_where_most_is_new_all_is_laid_out_anew(world, bank):
    before = world.maps.at()
    for concept in ("horse", "violin", "castle", "snow", "bridge"):
        if concept in CONCEPTS:
            world.index.upsert(*planted(bank, concept, 90))
    world.run()
    assert world.maps.at().layout != before.layout


def test_what_was_begun_goes_on_where_it_was(world, monkeypatch):
    monkeypatch.setattr("core.analysis.map.layout.process.run", lambda folder: iter([process.Step(False, 1, 9)] * 3))
    job = JobState(1, "Map", (), Status.RUNNING, analysis=AnalysisTask("map", {"again": True}))
    running = world.analysis.run(job)
    report = next(one for one in running if one.phase is Phase.ARRANGING)
    assert report.total == 4 * EACH + 1
    running.close()  # as a pause does
    work = world.kept.of(building.WORK)
    assert work.noted("task")
    before = (work.folder / "begin.npy").stat().st_mtime_ns
    graph = load(world.kept.of("neighbours"))
    assert graph
    building.prepared(work.folder, graph, *building.old_places(graph, None))
    assert (work.folder / "begin.npy").stat().st_mtime_ns == before


def test_a_process_that_dies_is_told_of(world, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr("core.analysis.map.layout.process.CHILD", "raise SystemExit(1)")
    with pytest.raises(ImageSearchError, match="ended early"):
        world.run(again=True)
    assert world.maps.at().size == 4 * EACH + 1  # the one before stays


@pytest.mark.parametrize("name", ["Unsere Hunde", "a, b", 'say "dog"', "label:cat -x", "日本", "=SUM(A1)", "<b>"])
def test_people_call_a_cluster_as_they_like(world, name):
    made = world.maps.at()
    dog = next(one for one in made.clusters if one.name == "dog")
    renamed = world.maps.rename(dog.number, name, made.version, by=EDITOR)
    assert (renamed.name, renamed.named_by, renamed.own_name) == (name, "person", "dog")
    assert world.index.count(parse(renamed.filter)[1]) == dog.size
    assert world.index.count(Filter((AnyOf("cluster", ("dog",)),))) == 0
    assert world.maps.at().cluster(dog.number) == renamed
    if name == "Unsere Hunde":
        world.run(again=True)  # it outlasts a new map
        assert name in {one.name for one in world.maps.clusters()}
        number = next(one.number for one in world.maps.clusters() if one.name == name)
        assert world.maps.rename(number, "", by=EDITOR).name == "dog"


def test_names_are_unlike_and_not_for_everybody(world):
    made = world.maps.at()
    first, second = made.clusters[:2]
    assert world.maps.rename(second.number, first.name.upper(), by=EDITOR).name == f"{first.name.upper()} 2"
    with pytest.raises(NameRefused):
        world.maps.rename(999, "x", by=EDITOR)
    with pytest.raises(NameRefused):
        world.maps.rename(first.number, "x" * 10_000, by=EDITOR)
    with pytest.raises(AccessDenied):
        world.maps.rename(first.number, "x", by=VIEWER)


def test_what_is_selected_is_what_the_filter_finds(made_once):
    maps = made_once.maps
    made = maps.at()
    pizza = next(one for one in made.clusters if one.name == "pizza")
    left, low, right, high = pizza.bounds
    corners = [(left, low), (right, low), (right, high), (left, high)]
    by_box = maps.select(Choice(box=pizza.bounds), version=made.version, by=VIEWER)
    by_lasso = maps.select(Choice(lasso=[(x * 1.001, y * 1.001) for x, y in corners]))
    by_cluster = maps.select(Choice(clusters=[pizza.number]), "My pizzas", by=EDITOR)
    assert by_box.count >= by_cluster.count == pizza.size
    for selection in (by_box, by_lasso, by_cluster):
        (condition,) = parse(selection.filter)[1].conditions
        assert isinstance(condition, Selected)
        ids = maps.selections.ids(condition.names[0])
        where = Filter((replace(condition, ids=ids),))
        found = {id_ for some, _ in made_once.index.values([], where) for id_ in some}
        assert found == {*ids}
        assert {one.id for one in made_once.index.browse(where, limit=1000)} == found
        assert made_once.index.count(where) == selection.count
    assert set(maps.selections.ids("my pizzas")) == {
        made.digits[point].decode() for point in np.flatnonzero(made.members(pizza.number))
    }
    with pytest.raises(AccessDenied):
        maps.select(Choice(clusters=[pizza.number]), "Another", by=VIEWER)


def test_selections_are_added_to_and_taken_from(made_once):
    maps = made_once.maps
    dog, pizza = (next(one for one in maps.clusters() if one.name == name) for name in ("dog", "pizza"))
    base = maps.select(Choice(clusters=[dog.number]))
    both = maps.select(Choice(clusters=[pizza.number]), base=base.id, mode="add")
    assert both.count == dog.size + pizza.size
    assert maps.select(Choice(clusters=[dog.number]), base=both.id, mode="remove").count == pizza.size
    assert maps.select(Choice(clusters=[dog.number]), base=both.id, mode="only").count == dog.size
    assert maps.select(Choice(points=[0, 1, 1]), ids=[maps.at().digits[2].decode()]).count == 3
    for choice in (Choice(), Choice(points=[10**6]), Choice(box=[0, float("nan"), 1, 1]), Choice(clusters=[99])):
        with pytest.raises(SelectionRefused):
            maps.select(choice)
    with pytest.raises(SelectionRefused):
        maps.select(Choice(points=[0]), base="gone", mode="add")
    with pytest.raises(MapChanged):
        maps.select(Choice(points=[0]), version="other")


def test_what_points_are_coloured_by(made_once):
    maps = made_once.maps
    made = maps.at()
    by_cluster = maps.colour("cluster")
    assert isinstance(by_cluster, Categories)
    assert {one.value for one in by_cluster.legend} <= {one.name for one in made.clusters}
    folders = maps.colour("folder")
    assert isinstance(folders, Categories)
    assert [one.value for one in folders.legend] == ["/pictures/0", "/pictures/1", "/pictures/2", "/pictures"]
    for line, entry in enumerate(folders.legend[:3], 1):
        where = parse(entry.filter)[1]
        points = made.numbers_of([id_ for ids, _ in made_once.index.values([], where) for id_ in ids])
        assert sorted(points.tolist()) == np.flatnonzero(folders.of == line).tolist()
    numbers = maps.colour("brightness")
    assert isinstance(numbers, Numbers)
    assert (numbers.low < numbers.high, int(np.isnan(numbers.of).sum())) == (True, 1)
    assert np.isnan(maps.colour("taken").of).all()
    for by in ("label", "tag", "year", "quality"):
        assert maps.colour(by).legend == ()


def test_of_several_labels_the_rarest_decides(world):
    record = world.index.get([world.maps.at().digits[0].decode()])[0]
    boxes = {"person": 3, "cat": 1}
    for number, id_ in enumerate(world.maps.at().digits[:3]):
        record = world.index.get([id_.decode()])[0]
        labels = [label for label, count in boxes.items() if number < count]
        own = replace(record, boxes=tuple(Box(label, 0, 0, 1, 1) for label in labels))
        world.index.upsert([own], world.index.embeddings([record.id]))
    found = world.maps.colour("label")
    assert [(one.value, one.count) for one in found.legend] == [("person", 3), ("cat", 1)]
    assert (found.of[:4].tolist(), found.is_several) == ([2, 1, 1, 0], True)


def test_filters_alone_light_all_that_they_let_through(made_once):
    made = made_once.maps.at()
    lit = made_once.maps.hits(Search(Query(), Filter((AnyOf("cluster", ("dog",)),))), 10)
    assert len(lit.points) == next(one.size for one in made.clusters if one.name == "dog")
    assert lit.place is None


def test_without_a_map(tmp_path, bank):
    world = World(tmp_path, bank)
    with pytest.raises(NotMade):
        world.maps.at()
    assert world.maps.clusters() == ()
    assert keeping.load(world.kept.of("map")) is None


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_very_few_pictures(tmp_path, bank, count, here):
    world = World(tmp_path, bank)
    if count:
        world.index.upsert(*planted(bank, "dog", count))
    world.run()
    made = world.maps.at()
    assert (made.size, made.clusters, made.quality.kept) == (count, (), None)
    assert len({tuple(point) for point in made.points.tolist()}) == count
    assert world.maps.colour("cluster").without == count
