"""Settings: read from the environment, and a wrong one named with what was expected."""

import os
from pathlib import Path

import platformdirs
import pytest

from core.config import ServerSettings, Settings
from core.errors import InvalidSetting


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("IMAGE_SEARCH_", "ELASTICSEARCH_", "MODEL_CACHE")):
            monkeypatch.delenv(name)


def test_nothing_configured_is_the_embedded_index_and_clip():
    settings = Settings.load()
    assert not settings.uses_elasticsearch
    assert settings.model_id == "clip/ViT-B-16"
    assert settings.library_roots == tuple(dict.fromkeys([Path.home().resolve(), Path.cwd().resolve()]))
    assert settings.model_cache_dir == settings.data_dir / "models"
    assert settings.data_dir == Path(platformdirs.user_data_dir("image-search", appauthor=False))


def test_several_addresses_and_roots(monkeypatch, tmp_path):
    monkeypatch.setenv("ELASTICSEARCH_URL", "http://one:9200, https://two:9200")
    monkeypatch.setenv("IMAGE_SEARCH_ROOTS", os.pathsep.join([str(tmp_path), "~"]))
    settings = Settings.load()
    assert settings.elasticsearch_url == ("http://one:9200", "https://two:9200")
    assert settings.library_roots == (tmp_path.resolve(), Path.home().resolve())


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch):
    monkeypatch.setenv("ELASTICSEARCH_URL", "")
    assert not Settings.load().uses_elasticsearch


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("IMAGE_SEARCH_MODEL", "clip/ViT-Z", "clip/ViT-B-16"),
        ("IMAGE_SEARCH_INDEX", "Not A Name", "pattern"),
        ("ELASTICSEARCH_URL", "localhost:9200", "http://localhost:9200"),
        ("IMAGE_SEARCH_HOSTS", "https://photos.example.com", "photos.example.com"),
        ("IMAGE_SEARCH_HOSTS", "photos.example.com:443", "without http:// and port"),
        ("IMAGE_SEARCH_FRAME_ANCESTORS", "https://a.example; script-src *", "https://intranet.example.com"),
        ("IMAGE_SEARCH_FRAME_ANCESTORS", "'unsafe-inline'", "https://intranet.example.com"),
        ("ELASTICSEARCH_CA_CERTS", "/does/not/exist.pem", "certificate file"),
        ("IMAGE_SEARCH_UPLOAD_MB", "1025", "from 1 to 1,024"),
        ("IMAGE_SEARCH_UPLOAD_MB", "5_0", "a whole number"),
        ("IMAGE_SEARCH_ARCHIVE_MB", "0", "at least 1"),
        ("IMAGE_SEARCH_UPLOAD_FILES", "many", "from 1 to 10,000"),
        ("IMAGE_SEARCH_USE_APP", "maybe", "yes or no"),
        ("IMAGE_SEARCH_TILES", "https://tiles.example.com/{z}/{x}.png", "{z}/{x}/{y}.png"),
        ("IMAGE_SEARCH_TILES", "javascript:alert(1)//{z}/{x}/{y}", "https://tiles.example.com"),
        ("IMAGE_SEARCH_JOURNAL", "jobs.db", "absolute path"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(monkeypatch, variable, value, expected):
    monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidSetting) as caught:
        Settings.load()
    assert variable in str(caught.value)
    assert value in str(caught.value)
    assert expected in str(caught.value)


def test_numbers_switches_and_names_in_small_letters(monkeypatch):
    monkeypatch.setenv("IMAGE_SEARCH_UPLOAD_MB", " 20 ")
    monkeypatch.setenv("IMAGE_SEARCH_USE_APP", "No")
    monkeypatch.setenv("image_search_index", "holiday")
    settings = Settings.load()
    assert (settings.upload_mb, settings.use_app, settings.index_name) == (20, False, "holiday")


def test_what_was_wrong_is_in_no_traceback(monkeypatch):
    monkeypatch.setenv("ELASTICSEARCH_API_KEY", "hush hush")
    with pytest.raises(InvalidSetting) as caught:
        Settings.load()
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert "hush" not in str(caught.value)


def test_two_servers_are_one_too_many(monkeypatch):
    monkeypatch.setenv("ELASTICSEARCH_URL", "http://localhost:9200")
    monkeypatch.setenv("ELASTICSEARCH_CLOUD_ID", "name:abc")
    with pytest.raises(InvalidSetting, match="both set"):
        Settings.load()


def test_the_api_key_is_never_shown(monkeypatch):
    monkeypatch.setenv("ELASTICSEARCH_API_KEY", "hush")
    assert "hush" not in repr(Settings.load())


@pytest.mark.parametrize("url", ["localhost:11434", "http://me:hush@host/v1", "https://host/v1?key=hush", "ftp://host"])
def test_addresses_that_no_question_is_sent_to(monkeypatch, url):
    monkeypatch.setenv("IMAGE_SEARCH_LLM_URL", url)
    monkeypatch.setenv("IMAGE_SEARCH_LLM_MODEL", "some")
    with pytest.raises(InvalidSetting, match="IMAGE_SEARCH_LLM_URL") as caught:
        Settings.load()
    assert "hush" not in str(caught.value)


def test_an_endpoint_needs_a_model_and_its_key_is_not_shown(monkeypatch):
    monkeypatch.setenv("IMAGE_SEARCH_LLM_URL", "http://localhost:11434/v1/")
    monkeypatch.setenv("IMAGE_SEARCH_LLM_KEY", "hush")
    with pytest.raises(InvalidSetting, match="IMAGE_SEARCH_LLM_MODEL"):
        Settings.load()
    settings = Settings.load(llm_model="some")
    assert settings.llm_url == "http://localhost:11434/v1"
    assert "hush" not in repr(settings)
    assert "hush" in settings.secrets
    assert (settings.llm_names, settings.llm_places) == (False, False)


@pytest.mark.parametrize("hosts", ["Photos.Example.com, *.example.org", "photos.example.com *.example.org,"])
def test_names_under_which_the_app_is_served(monkeypatch, hosts):
    monkeypatch.setenv("IMAGE_SEARCH_HOSTS", hosts)
    monkeypatch.setenv("IMAGE_SEARCH_FRAME_ANCESTORS", "https://intranet.example.com:8443, https://*.example.org")
    for settings in (Settings.load(), ServerSettings.load()):
        assert settings.hosts == ("photos.example.com", "*.example.org")
        assert settings.frame_ancestors == ("https://intranet.example.com:8443", "https://*.example.org")


def test_what_else_is_wrong_opens_no_door(monkeypatch):
    monkeypatch.setenv("IMAGE_SEARCH_HOSTS", "photos.example.com")
    monkeypatch.setenv("IMAGE_SEARCH_MODEL", "nonsense")
    assert ServerSettings.load().hosts == ("photos.example.com",)
