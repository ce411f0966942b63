"""From a scan to decisions, and what outlives what."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from core.access.actors import Actor
from core.access.roles import Role
from core.analysis.duplicates.decisions.decisions import Decisions
from core.analysis.duplicates.model import Level, Reason, Standing
from core.database import Database
from core.errors import AccessDenied, DuplicatesRefused, NotIndexed
from core.images.describe import Box
from core.index.filters import AnyOf, Filter
from core.index.tags import change_tags
from core.index.versions import Vectors
from core.search.query import Search
from core.services import Services
from tests.analysis.drawn import drawn, write
from tests.index.versions import switch

BYTES, PICTURE, ALIKE = Level
ONE = {"one.jpg", "copies/one.jpg", "half.jpg", "mirrored.jpg", "cropped.jpg"}


def names(group, records):
    by_id = {record.id: path for path, record in records().items()}
    return {by_id[member.record.id] for member in group.members}


def found(services, text=""):
    where = Filter((AnyOf("duplicate", (text,)),)) if text else Filter()
    return {one.hit.record.name for one in services.search(Search(where=where), limit=50).results for one in (one, *[])}


def shown(services, where=None):
    results = services.search(Search(where=where or Filter()), limit=50)
    return sorted(hit.record.id for result in results.results for hit in (result.hit, *result.others))


class TestScan:
    def test_groups_of_each_level(self, scanned, records):
        (copies,) = scanned.groups(BYTES).groups
        assert names(copies, records) == {"one.jpg", "copies/one.jpg"}
        (group,) = scanned.groups(PICTURE).groups
        assert names(group, records) == ONE
        assert group.members[0].record.id == group.keeper == records()["one.jpg"].id
        assert (group.reason_key, group.status, group.count) == (Reason.OLDEST, Standing.OPEN, 5)
        assert group.gain == group.size - records()["one.jpg"].size
        told = {member.record.name: member.how for member in group.members[1:]}
        assert told["one.jpg"] == "the same file"
        assert told["half.jpg"] == "half the size"
        assert told["mirrored.jpg"].startswith("mirrored")
        assert told["cropped.jpg"].startswith("cropped to 8")
        assert [member.level for member in group.members][1] is BYTES

    def test_how_it_stands(self, services, folder, ingest, scan):
        assert services.analysis.duplicates.summary().state == "never"
        ingest()
        summary = scan().summary()
        assert (summary.state, summary.records, summary.unverified) == ("ready", 7, 0)
        assert {level: counts.groups for level, counts in summary.levels.items()}[BYTES] == 1
        assert summary.floor < summary.threshold < 1

    def test_marks(self, scanned, services, records):
        marks = {path: set(record.duplicates) for path, record in records().items()}
        assert {"same-bytes", "same-picture", "undecided"} <= marks["one.jpg"]
        assert "same-bytes" not in marks["half.jpg"]
        assert not {"same-picture", "same-bytes"} & marks["two.jpg"]
        counts = services.index.facets(None, ["duplicate"])["duplicate"]
        assert (counts["same-picture"], counts["same-bytes"]) == (5, 2)

    def test_it_follows_what_is_ingested(self, scanned, services, folder, ingest, records, monkeypatch):
        from core.analysis.duplicates.pictures.features import patches as look

        looked = []
        monkeypatch.setattr(
            "core.analysis.duplicates.pictures.signatures.patches", lambda image: looked.append(1) or look(image)
        )
        write(folder / "two small.jpg", drawn(2).resize((220, 165)))
        ingest()
        assert scanned.changed() == 1 or services.library.latest_analysis("duplicates").active
        services.jobs.wait(scanned.begin(), 30)
        assert len(looked) == 1, "only what is new"
        assert {frozenset(names(group, records)) for group in scanned.groups(PICTURE).groups} == {
            frozenset(ONE),
            frozenset({"two.jpg", "two small.jpg"}),
        }
        (folder / "half.jpg").unlink()
        ingest()
        services.jobs.wait(scanned.begin(), 30)
        assert {len(group.members) for group in scanned.groups(PICTURE).groups} == {4, 2}

    def test_keys_stay_and_another_service_reads_the_same(self, scanned, services, settings):
        before = [group.key for group in scanned.groups(PICTURE).groups]
        services.jobs.wait(scanned.begin(), 30)
        other = Services(settings, index=services.index).analysis.duplicates
        assert [group.key for group in other.groups(PICTURE).groups] == before
        assert other.group(before[0], PICTURE).key == before[0]
        assert other.group("0" * 32, PICTURE) is None

    def test_folders(self, scanned, folder):
        copies = str(folder / "copies")
        assert scanned.groups(PICTURE, within=copies).total == 1
        assert scanned.groups(PICTURE, within=copies, against=str(folder)).total == 1
        assert scanned.groups(PICTURE, within=copies, against=copies).total == 0
        assert scanned.groups(PICTURE, within=str(folder / "nowhere")).total == 0

    def test_pages(self, scanned):
        assert (scanned.groups(PICTURE, offset=1).total, scanned.groups(PICTURE, offset=1).groups) == (1, ())
        assert scanned.groups(PICTURE, limit=0).groups == ()
        assert scanned.groups(PICTURE, standing=Standing.DECIDED).total == 0

    def test_without_thumbnails_hashes_speak(self, services, folder, ingest, scan):
        ingest()
        shutil.rmtree(services.thumbnails.folder)
        summary = scan().summary()
        assert summary.unverified == 6
        assert summary.levels[PICTURE].records == 4, "what is cropped is not told by a hash"


class TestDecisions:
    @pytest.fixture
    def ids(self, records):
        return lambda *paths: [records()[path].id for path in paths]

    def test_what_is_set_aside_leaves_the_results(self, scanned, services, ids):
        (aside,) = ids("half.jpg")
        assert aside in shown(services)
        action = scanned.decide(ids("one.jpg"), [aside], by=Actor("Ana"))
        assert (action.set_aside, action.kept, action.title) == (1, 1, "Set aside 1 picture")
        assert aside not in shown(services)
        only = Filter((AnyOf("duplicate", ("set-aside",)),))
        assert shown(services, only) == [aside]
        assert services.search(Search(), limit=1).searched == 6
        assert scanned.summary().set_aside == 1
        assert services.audit.entries()[0].who == "Ana"
        scanned.undo()
        assert aside in shown(services)
        assert scanned.summary().set_aside == 0

    def test_all_at_once_and_back(self, scanned, services, records, ids):
        action = scanned.decide_all(PICTURE)
        assert (action.set_aside, action.kept) == (4, 1)
        assert scanned.groups(PICTURE).total == 0
        (group,) = scanned.groups(PICTURE, standing=Standing.DECIDED).groups
        assert (group.status, group.gain, group.reason) == (Standing.DECIDED, 0, "You keep this one")
        assert len(shown(services)) == 3
        with pytest.raises(DuplicatesRefused):
            scanned.decide_all(PICTURE)
        scanned.undo(action.id)
        assert len(shown(services)) == 7
        assert all("kept" not in record.duplicates for record in records().values())

    def test_what_somebody_keeps_stays(self, scanned, ids):
        scanned.decide(keep=ids("mirrored.jpg"))
        scanned.decide_all(PICTURE)
        (group,) = scanned.groups(PICTURE, standing=Standing.DECIDED).groups
        assert group.keeper == ids("mirrored.jpg")[0]

    def test_distinct(self, scanned, services, records, ids):
        scanned.decide(
            distinct=[ids("one.jpg", "half.jpg"), ids("mirrored.jpg", "half.jpg"), ids("cropped.jpg", "half.jpg")]
        )
        (group,) = scanned.groups(PICTURE).groups
        assert names(group, records) == ONE - {"half.jpg"}
        assert "distinct" in records()["half.jpg"].duplicates
        scanned.decide(distinct=[ids("one.jpg", "copies/one.jpg")])
        assert scanned.groups(BYTES).total == 0
        scanned.undo()
        scanned.undo()
        assert names(scanned.groups(PICTURE).groups[0], records) == ONE
        assert not any("distinct" in record.duplicates for record in records().values())

    def test_tags_and_boxes_go_to_the_one_that_is_kept(self, scanned, services, records, ids):
        mirrored = records()["mirrored.jpg"]
        row = services.index.embeddings([mirrored.id])
        services.index.upsert([replace(mirrored, boxes=(Box("cat", 0.0, 0.2, 0.3, 0.4),))], row)
        change_tags(services.index, ids("half.jpg"), ["holiday"])
        change_tags(services.index, ids("one.jpg"), ["best"])
        scanned.decide(ids("one.jpg"), ids("half.jpg", "mirrored.jpg"))
        kept = records()["one.jpg"]
        assert kept.tags == ("best", "holiday")
        (box,) = kept.boxes
        assert box.label == "cat"
        np.testing.assert_allclose(box[1:], (0.7, 0.2, 0.3, 0.4), atol=0.02)
        scanned.undo()
        assert (records()["one.jpg"].tags, records()["one.jpg"].boxes) == (("best",), ())

    def test_or_not(self, scanned, services, records, ids):
        change_tags(services.index, ids("half.jpg"), ["holiday"])
        scanned.decide(ids("one.jpg"), ids("half.jpg"), merge=False)
        assert records()["one.jpg"].tags == ()

    def test_they_outlive_a_scan_a_restart_and_a_moved_folder(
        self, scanned, services, settings, folder, ingest, records, ids
    ):
        scanned.decide(ids("one.jpg"), ids("copies/one.jpg", "half.jpg"))
        services.jobs.wait(scanned.begin(), 30)
        assert scanned.summary().set_aside == 2
        other = Services(settings, index=services.index).analysis.duplicates
        assert other.summary().set_aside == 2
        (folder / "deep").mkdir()
        for name in ("one.jpg", "copies", "half.jpg"):
            shutil.move(folder / name, folder / "deep" / name)
        ingest()
        services.jobs.wait(scanned.begin(), 30)
        aside = {path for path, record in records().items() if "set-aside" in record.duplicates}
        assert aside == {"deep/copies/one.jpg", "deep/half.jpg"}
        assert "kept" in records()["deep/one.jpg"].duplicates

    def test_they_outlive_another_version(self, scanned, services, ids, records):
        scanned.decide(ids("one.jpg"), ids("half.jpg"))
        index = services.index
        rows = {one.content_hash: index.embeddings([one.id])[0] for one in records().values()}
        version, stamp = index.versions.current(), index.model()
        assert switch(index, stamp, Vectors(stamp.dims, rows)) == []
        assert index.versions.current() != version
        assert scanned.summary().state == "never"
        services.jobs.wait(scanned.begin(), 30)
        assert scanned.summary().set_aside == 1
        assert "set-aside" in records()["half.jpg"].duplicates
        assert len(scanned.groups(PICTURE).groups[0].members) == 5

    @pytest.mark.parametrize(
        "wish",
        [
            {},
            {"keep": ["0" * 32]},
            {"set_aside": ["0" * 32]},
            {"keep": ["half.jpg"], "set_aside": ["half.jpg"]},
            {"distinct": [["0" * 32, "1" * 32]]},
        ],
        ids=str,
    )
    def test_what_cannot_be_decided(self, scanned, records, wish):
        known = records()
        asked = {
            key: [known[one].id if isinstance(one, str) and one in known else one for one in value]
            for key, value in wish.items()
        }
        with pytest.raises(DuplicatesRefused):
            scanned.decide(**asked)
        with pytest.raises(DuplicatesRefused):
            scanned.undo()

    @pytest.mark.parametrize("do", ["begin", "decide", "decide_all", "undo", "export"])
    def test_who_only_looks_may_not(self, scanned, do):
        arguments = {"decide_all": (PICTURE,), "export": ("csv",)}.get(do, ())
        with pytest.raises(AccessDenied):
            getattr(scanned, do)(*arguments, by=Actor("Vera", role=Role.VIEWER))

    def test_emptied(self, scanned, services, settings, ids):
        from core.services.administration import clear

        scanned.decide(set_aside=ids("half.jpg"))
        clear(services, Actor("Ana"), is_alone=False)
        assert Decisions(Database(settings.journal), services.scope).files() == []


class TestCompare:
    def test_as_found_and_as_looked_at(self, scanned, records):
        known = records()
        pair = scanned.compare(known["one.jpg"].id, known["mirrored.jpg"].id)
        assert (pair.level, pair.how.split(",")[0]) == (PICTURE, "mirrored")
        np.testing.assert_allclose(pair.transform, (-1, 0, 1, 0, 1, 0), atol=0.02)
        other = scanned.compare(known["one.jpg"].id, known["two.jpg"].id)
        assert other.level in (None, ALIKE)
        assert other.transform == (1, 0, 0, 0, 1, 0)
        assert scanned.compare(known["one.jpg"].id, known["copies/one.jpg"].id).level is BYTES

    def test_what_is_not_there(self, scanned, records):
        with pytest.raises(NotIndexed):
            scanned.compare(records()["one.jpg"].id, "0" * 32)


def test_export(scanned, records):
    scanned.decide_all(PICTURE)
    lines = b"".join(scanned.export("csv")).decode("utf-8-sig").splitlines()
    assert len(lines) == 5
    script = b"".join(scanned.export("move", target="/elsewhere"))
    assert script.count(b"\naside '") == 4
    assert f"'{records()['one.jpg'].path}'".encode() in script
