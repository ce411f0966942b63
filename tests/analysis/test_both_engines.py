"""What is found out about a collection, and what searches of it find, is the same whichever engine holds it."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from core.analysis.classes.lists import ClassList, ClassOf
from core.analysis.duplicates.model import Level
from core.analysis.overview import report as overview
from core.analysis.quality import report as quality
from core.config import Settings
from core.index.filters import AnyOf, Filter
from core.ingest.journal.job import AnalysisTask, JobState, Status
from core.search.options import Collapse, Options
from core.search.query import Query, Search, Words
from core.services import Services
from tests.analysis.drawn import drawn
from tests.colours import COLOURS, ColourEmbedder
from tests.material import NO_SERVER

pytestmark = pytest.mark.elasticsearch

KINDS = ("red", "green", "blue")
EACH = 14
COPIES = (25, 30)  # in another size and another split than what they are copies of
FIELDS = ("cluster", "quality", "split", "class", "duplicate", "label")
JOBS = ("quality", "duplicates", "map", "overview", "labels", "classes")
CLASSES = tuple(ClassOf(kind, kind, threshold=-0.5) for kind in KINDS)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of three colours in two splits, by YOLO's layout: some blurred, some copies, one labelled wrong."""
    folder = tmp_path_factory.mktemp("dataset").resolve()
    (folder / "data.yaml").write_text(f"train: train/images\nval: valid/images\nnames: {list(KINDS)}\n")
    for at in range(len(KINDS) * EACH):
        kind, split = at % len(KINDS), "valid" if at % 5 == 0 else "train"
        image = drawn(at - len(KINDS) if at in COPIES else at, (160, 120))
        image = Image.blend(image, Image.new("RGB", image.size, COLOURS[KINDS[kind]]), 0.5)
        if at % 11 == 4:
            image = image.filter(ImageFilter.GaussianBlur(9))
        image = image.resize((240, 180)) if at in COPIES else image
        for part in ("images", "labels"):
            (folder / split / part).mkdir(parents=True, exist_ok=True)
        image.save(folder / split / "images" / f"{at:02}.png")
        label = (kind + 1) % len(KINDS) if at == 7 else kind
        (folder / split / "labels" / f"{at:02}.txt").write_text(f"{label} 0.5 0.5 0.6 0.6\n")
    return folder


@pytest.fixture(scope="module")
def both(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Services]]:
    """The same pictures on LanceDB and on Elasticsearch, all analyses carried out."""
    url = os.environ.get("ELASTICSEARCH_URL")
    if not url:
        pytest.skip(NO_SERVER)
    name = f"test-{uuid.uuid4().hex}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.model.start_model", lambda *_: ColourEmbedder())
        patch.setattr("core.index.lance.upkeep.renew", lambda *_: None)
        made = [
            Services(
                Settings.load(
                    data_dir=tmp_path_factory.mktemp("data"),
                    index_name=name,
                    elasticsearch_url=where,
                    library_roots=(dataset,),
                )
            )
            for where in ("", url)
        ]
        for services in made:
            *_, last = services.ingest([dataset])
            assert last.total == len(KINDS) * EACH
            services.analysis.classes.lists.add(ClassList(0, "colours", CLASSES, applied=True))
            for job in JOBS:
                carry_out(services, job)
        yield made
        made[1].index.drop()


def carry_out(services: Services, name: str) -> None:
    analysis = services.analysis.get(name)
    job = JobState(1, "", (), Status.RUNNING, analysis=AnalysisTask(name))
    plan = list(analysis.plan(job))[-1]
    assert list(analysis.run(replace(job, plan=plan)))


def test_analyses_come_to_the_same(both):
    told = []
    for services in both:
        analysis = services.analysis
        summed_up = overview.plain(analysis.overview.overview())
        assert summed_up["gathered"].pop("made")
        told.append(
            {
                "quality": quality.plain(analysis.quality.report()),
                "overview": summed_up,
                "suspicious": [(one.record.id, one.label) for one in analysis.labels.suspects().rows],
                "leakage": sorted(leak.key for leak in analysis.labels.leaks()),
                "balance": analysis.labels.balance(),
                "duplicates": {
                    level: {frozenset(member.record.id for member in group.members) for group in groups}
                    for level in Level
                    for groups in [analysis.duplicates.every(level)]
                },
                "clusters": [(one.name, one.size, one.level) for one in analysis.map.clusters()],
                "places": analysis.map.at().points.round(3).tolist(),
            }
        )
    assert told[0] == told[1]
    assert all(told[0].values())


@pytest.mark.parametrize("field", FIELDS)
def test_searches_find_the_same(both, field):
    counts = [services.index.facets(fields=[field])[field] for services in both]
    assert counts[0] == counts[1]
    assert counts[0]
    for value, count in counts[0].items():
        where = Filter((AnyOf(field, (value,)),))
        for query in (Query(), Query((Words("red"),))):
            search = Search(query, where, Options(collapse=Collapse.OFF))
            ids, others = ({hit.record.id for hit in one.search(search, limit=100).hits} for one in both)
            assert ids == others
            assert len(ids) == count or not query.empty
