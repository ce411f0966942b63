"""What docker compose starts: within bounds, with no more rights than it needs, and settings that the app takes."""

import re
from pathlib import Path

import pytest
import yaml
from sqlalchemy.engine import make_url

from core.config import Settings

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("file", ["docker-compose.yml", "docker-compose.cluster.yml"])
def test_containers_are_bounded_and_have_no_more_rights_than_they_need(file):
    composed = yaml.safe_load((ROOT / file).read_text("utf-8"))
    for name, service in composed["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service.get("cap_add", []) == (["CHOWN"] if name == "certificates" else []), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
        assert "build" in service or re.search(r":v?\d+\.\d+(\.\d+)?$", service["image"]), "a version is named"
        assert "build" in service or service["healthcheck"], name
    apps = [service for service in composed["services"].values() if "build" in service]
    assert all(app["read_only"] is True and "profiles" not in app for app in apps)


@pytest.mark.parametrize(
    ("file", "prometheus"),
    [("docker-compose.yml", "prometheus.yml"), ("docker-compose.cluster.yml", "prometheus-cluster.yml")],
)
def test_the_app_answers_to_the_names_that_it_is_scraped_by(file, prometheus):
    services = yaml.safe_load((ROOT / file).read_text("utf-8"))["services"]
    (job,) = yaml.safe_load((ROOT / "deploy" / "containers" / prometheus).read_text("utf-8"))["scrape_configs"]
    hosts = {target.split(":")[0] for one in job["static_configs"] for target in one["targets"]}
    assert hosts == {name for name, service in services.items() if "build" in service}
    for host in hosts:
        assert host in services[host]["environment"]["IMAGE_SEARCH_HOSTS"].split(",")


def test_no_container_of_the_cluster_runs_as_root_or_with_a_secret_that_is_known():
    text = (ROOT / "docker-compose.cluster.yml").read_text("utf-8")
    services = yaml.safe_load(text)["services"]
    users = {name: service.get("user", "") for name, service in services.items() if "build" not in service}
    assert {name for name, user in users.items() if user.split(":")[0] in ("", "0", "root")} == {"certificates"}
    assert {name for name, service in services.items() if not service.get("read_only")} == {"es01", "es02", "es03"}
    told = (ROOT / "deploy" / "cluster.env").read_text("utf-8")
    secrets = re.findall(r"^(\w+)=$", told, re.MULTILINE)
    assert set(re.findall(r"\$\{(\w*(?:PASSWORD|SECRET|KEY)\w*)", text)) - {"IMAGE_SEARCH_LLM_KEY"} == set(secrets)
    assert all(f"${{{name}:?" in text for name in secrets), "nothing starts without"
    optional = set(re.findall(r"\$\{(\w+):-", text))
    assert set(re.findall(r"^#? ?(\w+)=", told, re.MULTILINE)) <= optional | set(secrets)
    mounted = re.findall(r"- \./(\S+?):", text)
    assert [name for name in mounted if not (ROOT / name).exists() and name != "secrets.toml"] == []


def test_the_settings_of_the_cluster_are_the_apps_own(monkeypatch, tmp_path):
    """What its containers are given, the app takes."""
    services = yaml.safe_load((ROOT / "docker-compose.cluster.yml").read_text("utf-8"))["services"]
    alike = [{name: value for name, value in services[app].items() if name != "volumes"} for app in ("app-1", "app-2")]
    assert alike[0] == alike[1]
    for name, value in services["app-1"]["environment"].items():
        monkeypatch.setenv(name, filled(value))
    (tmp_path / "ca.crt").touch()
    monkeypatch.setenv("ELASTICSEARCH_CA_CERTS", str(tmp_path / "ca.crt"))
    monkeypatch.setenv("IMAGE_SEARCH_DATA_DIR", str(tmp_path))
    settings = Settings.load()
    assert len(settings.elasticsearch_url) == 3
    assert settings.trusted_proxies == ("10.86.27.2/32",)
    assert "10.86.27.2" in str(services["nginx"]["networks"])
    database = make_url(settings.journal)
    assert (database.drivername, database.host, database.password) == ("postgresql+psycopg", "postgres", "s3cret")
    variables = set(Settings.variables().values()) | {"HOME", "AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION"}
    variables |= {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    assert set(services["app-1"]["environment"]) <= variables


def test_the_image_has_what_the_cluster_needs():
    assert set(re.findall(r"--extra (\w+)", (ROOT / "Dockerfile").read_text("utf-8"))) == {"postgresql", "s3"}


def filled(value: str) -> str:
    """As docker compose fills a value in, where each secret is the same and nothing else is set."""
    value = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
    return re.sub(r"\$\{\w+(:\?[^}]*)?\}", "s3cret", value)
