"""`/metrics`, read by the official parser, against what was done."""

import json
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.api.deferred import own_routes
from core.api.light import OwnRoutes
from core.api.protection import protection
from core.errors import IndexUnavailable
from core.hosts import LOOPBACK, Hosts
from core.telemetry.events import Embedded, ModelRestarted, tell

ROOT = Path(__file__).parents[2]
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


@pytest.fixture
def visitor(services, portal):
    routes = own_routes(OwnRoutes(lambda: services), "")
    made = TestClient(Starlette(routes=routes, middleware=protection(Hosts([*LOOPBACK, "testserver"]), "")))
    made.portal = portal
    return made


@pytest.fixture
def value(visitor):
    """The value of a series: `value("image_search_searches_total", verdict="strong")`."""

    def read(name, **labels):
        for family in text_string_to_metric_families(visitor.get("/metrics").text):
            for sample in family.samples:
                if sample.name == name and sample.labels == labels:
                    return sample.value
        return None

    return read


def families(text):
    return {family.name: family for family in text_string_to_metric_families(text)}


def test_searches_are_counted_by_verdict_and_part(visitor, value, corpus, calibrated):
    for text in ("red", "red", "blue"):
        visitor.post("/api/v1/search", json={"text": text}).raise_for_status()
    visitor.get("/api/v1/search?q=").raise_for_status()
    strong = value("image_search_searches_total", verdict="strong")
    assert strong + sum(value("image_search_searches_total", verdict=one) for one in ("likely", "weak", "nothing")) == 3
    assert value("image_search_searches_total", verdict="browsed") == 1
    name = "image_search_search_duration_seconds"
    assert value(f"{name}_count", part="total") == 4
    assert value(f"{name}_count", part="embedding") == 2, "the same search again is answered by a cache"
    assert value(f"{name}_count", part="index") == 3
    assert value(f"{name}_bucket", part="total", le="+Inf") == 4
    assert value(f"{name}_sum", part="total") >= value(f"{name}_sum", part="index") > 0
    assert value("image_search_http_requests_total", method="POST", route="/api/v1/search", status="200") == 3
    assert value("image_search_http_request_duration_seconds_count", method="POST", route="/api/v1/search") == 3
    assert value("image_search_cache_hits_total", cache="rankings") >= 1


def test_what_fails_is_counted_too(visitor, value, services, monkeypatch):
    def away(*_, **__):
        raise IndexUnavailable("Away.", "Start it.")

    monkeypatch.setattr(services.index, "count", away)
    monkeypatch.setattr(services.index, "totals", away)
    assert visitor.get("/api/v1/search?q=").status_code == 503
    assert value("image_search_searches_failed_total", error="IndexUnavailable") == 1
    assert value("image_search_http_requests_total", method="GET", route="/api/v1/search", status="503") == 1
    assert value("image_search_index_up", collection="images", engine="lancedb") == 0
    assert value("image_search_index_records", collection="images") is None


def test_jobs_files_and_index(value, services, picture, tmp_path):
    picture("red.png")
    picture("blue.png").with_name("bad.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    job = services.library.add([str(tmp_path / "pictures")], auto_start=True)
    assert services.jobs.wait(job, 30).ended
    assert value("image_search_ingest_files_total", verdict="added") == 2
    assert value("image_search_ingest_files_total", verdict="failed") == 1
    assert value("image_search_jobs", collection="images", status="done") == 1
    assert value("image_search_jobs", collection="images", status="running") == 0
    assert value("image_search_jobs_files_waiting", collection="images") == 0
    assert value("image_search_journal_up", collection="images") == 1
    assert value("image_search_index_records", collection="images") == 2
    assert value("image_search_index_files_bytes", collection="images") == services.index.totals().size
    ended = services.jobs.state(job).ended_at
    assert value("image_search_index_last_ingest_timestamp_seconds", collection="images") == pytest.approx(ended)


def test_the_model(value, services):
    assert value("image_search_model_loaded", collection="images") == 0
    services.model.load().result()
    tell(Embedded("images", 8, 0.5))
    tell(ModelRestarted())
    assert value("image_search_model_loaded", collection="images") == 1
    assert value("image_search_model_info", collection="images", model=services.model.loaded.model_id) == 1
    assert value("image_search_model_inputs_total", kind="images") == 8
    assert value("image_search_model_batch_duration_seconds_sum", kind="images") == 0.5
    assert value("image_search_model_restarts_total") == 1


def test_both_formats_say_the_same(visitor):
    plain = visitor.get("/metrics")
    assert plain.headers["content-type"].startswith("text/plain")
    other = visitor.get("/metrics", headers={"Accept": OPENMETRICS})
    assert other.headers["content-type"].startswith("application/openmetrics-text")
    assert {family.name for family in read_openmetrics(other.text)} == families(plain.text).keys()
    assert visitor.get("/metrics", headers={"Host": "evil.example"}).status_code == 421
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert visitor.get("/metrics", headers=foreign).status_code == 403


def test_names_follow_the_conventions(visitor):
    """https://prometheus.io/docs/practices/naming/: a prefix, base units, plain words, a help text."""
    for name, family in families(visitor.get("/metrics").text).items():
        assert re.fullmatch(r"(image_search|process|python)_[a-z0-9_]+", name), name
        assert family.documentation, name
        assert not re.search(r"_(ms|milliseconds|kb|mb|minutes|percent)(_|$)", name), name
        assert (family.type == "histogram") <= name.endswith("_seconds"), name


def exposed(visitor):
    """What Prometheus calls the series, but for the ends of histograms."""
    found = families(visitor.get("/metrics").text)
    return {f"{name}_total" if family.type == "counter" else name for name, family in found.items()}


def test_the_documentation_lists_each(visitor):
    told = set(re.findall(r"`(image_search_\w+)`", (ROOT / "docs" / "operations.md").read_text("utf-8")))
    assert told == {name for name in exposed(visitor) if name.startswith("image_search_")}


@pytest.mark.parametrize("name", ["grafana-dashboard.json", "alerts.yml"])
def test_what_is_deployed_asks_for_what_there_is(visitor, name):
    text = (ROOT / "deploy" / name).read_text("utf-8")
    asked = {
        re.sub(r"_(bucket|sum|count)$", "", one) for one in re.findall(r"\b(?:image_search|process)_[a-z0-9_]+", text)
    }
    assert len(asked) > 8
    assert asked <= exposed(visitor)


def test_the_dashboard_is_one():
    board = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text("utf-8"))
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [panel["gridPos"] for panel in panels]
    cells = [(at["x"] + x, at["y"] + y) for at in places for x in range(at["w"]) for y in range(at["h"])]
    assert len(cells) == len(set(cells)), "panels lie over each other"
    assert max(x for x, _ in cells) < 24
    queries = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    assert all(query.count("(") == query.count(")") for query in queries)


def test_rules_and_scraping_are_sound():
    rules = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
    assert all({"alert", "expr", "labels", "annotations"} <= rule.keys() for rule in rules)
    (job,) = yaml.safe_load((ROOT / "deploy" / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    assert job["metrics_path"] == "/metrics"
