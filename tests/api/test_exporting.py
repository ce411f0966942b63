"""Exports: asked for, fetched as a download, and soon gone."""

import csv
import json
import re
import stat
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO, StringIO
from urllib.parse import unquote

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.api.deferred import own_routes
from core.api.export_store import ExportStore
from core.api.http import Refusal
from core.api.light import OwnRoutes
from core.api.v1.exports import Export
from core.search.options import Band
from core.search.output.export import Line
from tests.colours import COLOURS
from tests.signed_in import Asking


@pytest.fixture
def export(client):
    """Asks for an export and fetches it: `export(format="csv", text="red")`."""

    def export(**body):
        asked = client.post("/api/v1/exports", json=body)
        assert asked.status_code == 201, asked.text
        fetched = client.get(asked.json()["url"])
        assert fetched.status_code == 200
        return fetched

    return export


def table(fetched):
    return list(csv.DictReader(StringIO(fetched.content.decode("utf-8-sig"), newline="")))


def archive(fetched):
    return zipfile.ZipFile(BytesIO(fetched.content))


def test_the_results_of_a_search_as_a_table(export, corpus):
    fetched = export(format="csv", text="red", collapse="off")
    rows = table(fetched)
    assert len(rows) == len(COLOURS)
    assert (rows[0]["name"], float(rows[0]["score"])) == ("red.png", pytest.approx(1, abs=1e-3))  # type: ignore[comparison-overlap]
    assert fetched.headers["content-type"].startswith("text/csv")
    assert fetched.headers["content-disposition"].startswith('attachment; filename="red.csv"')
    assert fetched.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("min_match", ["auto", "all"])
def test_what_is_below_the_cut_is_left_out(client, export, calibrated, min_match):
    asked = {"text": "red", "min_match": min_match, "collapse": "off"}
    matching = [item["name"] for item in client.post("/api/v1/search", json=asked).json()["results"] if item["matches"]]
    if not matching:
        assert client.post("/api/v1/exports", json=asked | {"format": "csv"}).status_code == 400
        return
    assert [row["name"] for row in table(export(format="csv", **asked))] == matching


def test_what_is_shown_as_one_is_exported_once(client, export, corpus):
    asked = {"text": "red", "duplicate_threshold": 0.9}
    results = client.post("/api/v1/search", json=asked).json()["results"]
    assert any(item["others"] for item in results)
    assert [row["id"] for row in table(export(format="csv", **asked))] == [item["id"] for item in results]


def test_no_more_than_asked_for(export, corpus):
    assert len(table(export(format="csv", text="red", most=3))) == 3


def test_chosen_pictures_in_the_order_chosen(export, corpus):
    ids = [corpus[name].id for name in ("blue", "red", "green", "red")]
    rows = json.loads(export(format="json", ids=ids).content)
    assert [(row["name"], row["score"]) for row in rows] == [("blue.png", None), ("red.png", None), ("green.png", None)]
    scored = json.loads(export(format="json", ids=ids, text="red").content)
    assert [row["name"] for row in scored] == ["blue.png", "red.png", "green.png"]
    assert scored[1]["score"] == pytest.approx(1, abs=1e-3)


def test_all_that_a_filter_lets_through(export, corpus):
    rows = table(export(format="csv", text="name:blue"))
    assert [(row["name"], row["score"]) for row in rows] == [("blue.png", "")]


def test_the_files_themselves(export, corpus, tmp_path):
    fetched = export(format="zip", ids=[corpus["red"].id, corpus["blue"].id])
    assert fetched.headers["content-type"] == "application/zip"
    files = archive(fetched)
    assert files.namelist() == ["red.png", "blue.png"]
    assert files.read("red.png") == (tmp_path / "pictures" / "red.png").read_bytes()


def test_files_that_are_gone_are_listed(export, corpus, tmp_path):
    (tmp_path / "pictures" / "red.png").unlink()
    files = archive(export(format="zip", ids=[corpus["red"].id, corpus["blue"].id, "0" * 32]))
    assert files.namelist() == ["blue.png", "missing.txt"]
    missing = files.read("missing.txt").decode()
    assert "red.png no longer exists" in missing
    assert "0" * 32 in missing


def test_a_contact_sheet(export, corpus, services, tmp_path):
    (tmp_path / "pictures" / "blue.png").unlink()
    services.thumbnails.remove(corpus["blue"].content_hash)
    fetched = export(format="sheet", ids=[corpus["red"].id, corpus["blue"].id])
    assert fetched.headers["content-type"] == "image/jpeg"
    assert fetched.headers["content-disposition"].endswith("pictures.jpg")
    with Image.open(BytesIO(fetched.content)) as sheet:
        colours = sheet.convert("RGB").getcolors(1 << 20)
    assert sum(count for count, (r, g, b) in colours if r > 200 and g < 60 > b) > 500  # type: ignore[misc]
    assert sum(count for count, colour in colours if max(colour) - min(colour) < 12 and 200 < colour[0] < 230) > 10_000  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("format_", "count", "kind", "suffix"),
    [
        ("sheet", 30, "image/jpeg", "jpg"),
        ("sheet", 31, "application/pdf", "pdf"),
        ("sheet", 199, "application/pdf", "pdf"),
        ("pdf", 1, "application/pdf", "pdf"),
        ("png", 40, "image/png", "png"),
        ("jpeg", 2, "image/jpeg", "jpg"),
    ],
)
def test_contact_sheets_hold_all_that_was_asked_for(export, format_, count, kind, suffix, monkeypatch):
    headings = []

    def as_sheet(pictures, count, heading, open_small, format_):
        headings.append((heading, count, len(list(pictures))))
        return iter([b"sheet"])

    monkeypatch.setattr("core.api.v1.exports.as_sheet", as_sheet)
    fetched = export(format=format_, ids=[f"{number:032x}" for number in range(count)], text="a red one")
    assert fetched.headers["content-type"] == kind
    assert fetched.headers["content-disposition"].endswith(f"a%20red%20one.{suffix}")
    ((heading, told, given),) = headings
    assert (heading.title, told, given) == ("a red one", count, count)
    assert heading.note.endswith(f" · {count} picture{'s' * (count > 1)}")


def test_a_contact_sheet_of_matches_says_so(export, corpus, monkeypatch):
    notes = []
    monkeypatch.setattr(
        "core.api.v1.exports.as_sheet",
        lambda pictures, count, heading, *more: notes.append(heading.note) or iter([b"x"]),
    )
    export(format="sheet", text="red", min_match="all")
    assert re.fullmatch(r"\d\d? [A-Z][a-z]+ \d{4} · \d+ match(es)?", notes[0])


def test_can_be_fetched_again_and_asked_about(client, corpus):
    url = client.post("/api/v1/exports", json={"format": "csv", "text": "red"}).json()["url"]
    assert client.get(url).content == client.get(url).content
    head = client.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert "attachment" in head.headers["content-disposition"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("red", "red.csv"),
        ("blau/../../etc", "blau etc.csv"),
        ("日本 red", "日本 red.csv"),
        ("red " * 50, "red red red red red red red red red red red red red red red.csv"),
        ("name:red", "pictures.csv"),
        ("..", "pictures.csv"),
        ('"quo\u202ete;"', "quo te.csv"),
    ],
)
def test_the_file_is_called_after_the_words(export, corpus, text, name):
    disposition = export(format="csv", text=text, min_match="all").headers["content-disposition"]
    assert unquote(disposition.partition("filename*=UTF-8''")[2]) == name
    assert disposition.isascii()
    assert disposition.count('"') == 2


def test_nothing_to_export(client, corpus):
    answer = client.post("/api/v1/exports", json={"format": "csv", "text": "name:nothing"})
    assert answer.status_code == 400
    assert "nothing to export" in answer.json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"format": "exe"},
        {"format": "csv", "ids": []},
        {"format": "csv", "ids": ["../../etc/passwd"]},
        {"format": "csv", "ids": ["0" * 64]},
        {"format": "csv", "ids": ["0" * 32] * 10_001},
        {"format": "csv", "text": "red", "limit": 0},
        {"format": "csv", "text": "red", "limit": 10**9},
        {"format": "csv", "text": "red", "offset": 3},
        {"format": "png", "ids": [f"{number:032x}" for number in range(301)]},
        {"format": "jpeg", "ids": [f"{number:032x}" for number in range(301)]},
    ],
    ids=lambda body: str(body)[:50],
)
def test_what_cannot_be_exported(client, corpus, body):
    answer = client.post("/api/v1/exports", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("token", ["x", "0" * 32, "..%2f..%2fetc"])
def test_what_nobody_asked_for(client, token):
    assert client.get(f"/api/v1/exports/{token}/red.csv").status_code == 404


def test_survive_the_server(client, services, corpus):
    url = client.post("/api/v1/exports", json={"format": "csv", "text": "red"}).json()["url"]
    another = TestClient(Asking(Starlette(routes=own_routes(OwnRoutes(lambda: services), ""))))
    assert another.get(url).content == client.get(url).content


class TestStore:
    """Whoever was told that an export is kept finds it, as long as was said."""

    EXPORT = Export("csv", "red.csv", (Line("a", 0.5, 0.25, Band.STRONG), Line("b")))

    @pytest.fixture
    def clock(self):
        return [time.time()]

    @pytest.fixture
    def store(self, tmp_path, clock):
        return ExportStore(tmp_path / "exports", Export, lambda: clock[0], room=40_960)

    def test_until_it_expires(self, store, clock):
        token = store.add(self.EXPORT, "one")
        clock[0] += 599
        assert store.get(token) == self.EXPORT
        clock[0] += 2
        assert store.get(token) is None

    def test_no_client_pushes_out_what_another_was_promised(self, store, clock):
        mine = store.add(self.EXPORT, "me")
        with pytest.raises(Refusal, match="Too many exports") as refused:
            [store.add(self.EXPORT, "another") for _ in range(100)]
        assert (refused.value.status, refused.value.retry_after) == (503, 60)
        assert store.get(mine) == self.EXPORT
        assert store.get(store.add(self.EXPORT, "me"))
        clock[0] += 601
        assert store.add(self.EXPORT, "another")

    def test_no_more_than_there_is_room(self, store):
        tokens = [store.add(self.EXPORT, str(client)) for client in range(10)]
        with pytest.raises(Refusal):
            store.add(self.EXPORT, "one more")
        assert all(store.get(token) == self.EXPORT for token in tokens)

    def test_what_has_expired_is_removed(self, store, tmp_path, clock):
        store.add(self.EXPORT, "one")
        clock[0] += 601
        store.add(self.EXPORT, "one")
        assert len(list((tmp_path / "exports").glob("*/*"))) == 1

    def test_are_nobody_elses(self, store, tmp_path):
        store.add(self.EXPORT, "one")
        assert stat.S_IMODE((tmp_path / "exports").stat().st_mode) == 0o700

    def test_many_at_once(self, tmp_path):
        store = ExportStore(tmp_path / "exports", Export)
        with ThreadPoolExecutor(8) as clients:
            tokens = list(clients.map(lambda _: store.add(self.EXPORT, "one"), range(100)))
        assert all(store.get(token) == self.EXPORT for token in tokens)

    @pytest.mark.parametrize("token", ["", "*", "../../etc/passwd", "a" * 31, "a" * 33, "*" * 32, "[a-z]" * 7])
    def test_what_is_no_token_never_reaches_the_disk(self, store, token):
        assert store.get(token) is None

    def test_a_file_that_is_damaged_is_none(self, store, tmp_path):
        token = store.add(self.EXPORT, "one")
        next((tmp_path / "exports").glob("*/*")).write_bytes(b"x")
        assert store.get(token) is None
