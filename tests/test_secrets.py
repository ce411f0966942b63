"""No part of a password or key stands in anything that people read: errors, answers, logs, records."""

import logging
import os
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from typer.testing import CliRunner

from core.api.light import health
from core.cli import app
from core.config import Settings
from core.database import Database
from core.errors import ImageSearchError, JournalUnavailable, SourceRefused
from core.search.pasted import Pasted
from core.services import Services, shared
from core.sources.remote.attempts import describe_error
from core.sources.remote.remote import RemoteSource
from core.text import redaction
from core.text.redaction import holds_secret, is_secret_name, keep_out_of_logs, scrubbed, without_secrets

PARTS = ("sw0rdfish", "tr0mb0ne")
PASSWORDS = [sign.join(PARTS) for sign in ("", *"/@#?:%,;&=[]\\ |+$!*'\"<>^`~{}é")]
PASSWORDS += [
    "tr0mb0ne@",
    "/tr0mb0ne",
    "sw0rdfish%2Ftr0mb0ne",
    "sw0rdfish%4",
    "sw0rdfish//tr0mb0ne",
    "sw0rdfish@@tr0mb0ne",
]
MAX_TROUBLE = ["sw0rdfish", "sw0rdfish/tr0mb0ne", "sw0rdfish@tr0mb0ne", "sw0rdfish#tr0mb0ne", "sw0rdfish?a=tr0mb0ne"]
SERVERS = {
    "": "http://elastic:{}@127.0.0.1:1",
    "missing scheme": "elastic:{}@127.0.0.1:1",
    "half a scheme": "//elastic:{}@127.0.0.1:1",
    "another scheme": "https:/elastic:{}@127.0.0.1:1",
    "a scheme of one's own": "elasticsearch://elastic:{}@127.0.0.1:1",
    "bad port": "http://elastic:{}@127.0.0.1:port",
    "high port": "http://elastic:{}@127.0.0.1:99999",
    "missing server": "http://elastic:{}@",
    "missing @": "http://elastic:{}",
    "user alone": "http://{}:@127.0.0.1:1",
    "several": "http://127.0.0.1:1,http://elastic:{}@127.0.0.1:1",
    "the second without scheme": "http://elastic:{}@127.0.0.1:1,elastic:{}@127.0.0.1:1",
    "query": "http://127.0.0.1:1/?password={}",
    "path": "http://elastic:{}@127.0.0.1:1/prefix/",
}
JOURNALS = {
    "": "postgresql+nosuchdriver://me:{}@127.0.0.1:1/name",
    "no such dialect": "nosuch://me:{}@127.0.0.1:1/name",
    "missing scheme": "me:{}@127.0.0.1:1/name",
    "half a scheme": "//me:{}@127.0.0.1:1/name",
    "bad port": "postgresql://me:{}@127.0.0.1:port/name",
    "missing @": "postgresql://me:{}",
    "query": "postgresql://127.0.0.1:1/name?password={}",
    "SQLite": "sqlite:////nowhere/at/all/a.db?password={}",
    "user alone": "postgresql://{}@127.0.0.1:1/name",
}


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith(("IMAGE_SEARCH_", "ELASTICSEARCH_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("IMAGE_SEARCH_DATA_DIR", str(tmp_path / "data"))
    factory, secrets = logging.getLogRecordFactory(), redaction.redactor.secrets
    shared.cache_clear()
    yield
    shared.cache_clear()
    logging.setLogRecordFactory(factory)
    redaction.redactor.secrets = secrets


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """All that the app says of its settings, whatever is wrong with them: answers, errors, their tracebacks, logs."""
    caplog.set_level(logging.DEBUG)

    def collect() -> str:
        said: list[str] = []
        try:
            settings = Settings.load()
            said += [repr(settings), str(settings)]
            services = Services(settings)
            with closing(services.library):
                said += [str(getattr(services.index, "location", "")), repr(services.index), repr(services.settings)]
                for ask in (services.status, services.library.jobs.states, services.saved.all):
                    try:
                        ask()
                    except ImageSearchError as error:
                        said += [str(error), repr(error), *traceback.format_exception(error)]
                        logging.getLogger("a.library").exception("It failed")
        except ImageSearchError as error:
            said += [str(error), repr(error), *traceback.format_exception(error)]
        said += [str(health(shared)), CliRunner().invoke(app, ["status", "--json"]).output]
        return "\n".join([*said, caplog.text])

    return collect


def assert_untold(text: str, where: str) -> None:
    for part in PARTS:
        assert part not in text, f"{where}: {next(line for line in text.splitlines() if part in line)}"


@pytest.mark.parametrize("kind", SERVERS)
def test_of_the_server(everything: Callable[[], str], monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    for password in PASSWORDS if kind in ("", "missing scheme") else MAX_TROUBLE:
        if kind == "missing @" and "@" in password:
            continue  # what follows can only be the server
        monkeypatch.setenv("ELASTICSEARCH_URL", SERVERS[kind].replace("{}", password))
        said = everything()
        assert "ELASTICSEARCH_URL" in said
        assert_untold(said, password)


@pytest.mark.parametrize("variable", ["ELASTICSEARCH_API_KEY", "ELASTICSEARCH_CLOUD_ID"])
@pytest.mark.parametrize(
    "value", ["sw0rdfish", "sw0rdfish\ntr0mb0ne", "sw0rdfish tr0mb0ne", "sw0rdfishé", "name:sw0rdfish"], ids=range(5)
)
def test_of_keys(everything: Callable[[], str], monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    if variable == "ELASTICSEARCH_API_KEY":
        monkeypatch.setenv("ELASTICSEARCH_URL", "http://127.0.0.1:1")
    monkeypatch.setenv(variable, value)
    assert_untold(everything(), value)
    monkeypatch.setenv("ELASTICSEARCH_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("ELASTICSEARCH_CLOUD_ID", "name:sw0rdfish")
    assert_untold(everything(), "both")


@pytest.mark.parametrize("kind", JOURNALS)
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_of_the_journal(everything: Callable[[], str], monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    for password in PASSWORDS[::3] if not kind else MAX_TROUBLE:
        if kind == "missing @" and "@" in password:
            continue
        monkeypatch.setenv("IMAGE_SEARCH_JOURNAL", JOURNALS[kind].replace("{}", password))
        said = everything()
        assert "journal" in said.lower()
        assert_untold(said, password)


@pytest.mark.parametrize("password", PASSWORDS)
def test_of_a_database_whatever_its_driver_says(password: str) -> None:
    """As drivers do that take a part of the password for the server."""
    with suppress(JournalUnavailable):  # it is no address
        database = Database(f"postgresql+psycopg://me:{password}@127.0.0.1:1/name")
        with pytest.raises(JournalUnavailable) as caught:
            _ = database.engine
        assert_untold(str(caught.value), password)


ADDRESSES = [
    *(f"https://me:{password}@127.0.0.1:1/a.jpg" for password in PASSWORDS),
    *(f"https://127.0.0.1:1/a.jpg?{name}=sw0rdfish" for name in ("pwd", "PASS", "x-amz-signature", "X-Amz-Credential")),
    *(
        f"https://127.0.0.1:1/a.jpg?w=1&{name}=sw0rdfish"
        for name in ("auth", "jwt", "sig", "authToken", "%70wd", "sas")
    ),
    "https://127.0.0.1:1/a.jpg?w=1;token=sw0rdfish",
    "https://127.0.0.1:1/a.jpg?from=https://me:sw0rdfish@other/",
    "https://127.0.0.1:1/a.jpg?from=https%3A%2F%2Fme%3Asw0rdfish%40other%2F",
    *(
        "sftp://me:sw0rdfish@127.0.0.1/a",
        "s3://me:sw0rdfish@museum/a",
        "s3://sw0rdfish@museum/a",
        "az://c/a?sig=sw0rdfish",
    ),
    "s3://museum/a.jpg?AWSAccessKeyId=sw0rdfish&Signature=tr0mb0ne",
]


def test_of_addresses_of_pictures(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    runner = CliRunner()
    for url in ADDRESSES:
        with pytest.raises(SourceRefused) as refusal:
            RemoteSource(url, public_only=False)
        said = [str(refusal.value), *traceback.format_exception(refusal.value)]
        said += [
            runner.invoke(app, [*command, url]).output
            for command in (["ingest"], ["sources", "check"], ["remove"], ["search"], ["search", "--image"])
        ]
        said.append(Pasted(url, "It cannot be read.").remark)
        assert_untold("\n".join([*said, caplog.text]), url)
    for file in (tmp_path / "data").rglob("*.db"):
        with closing(sqlite3.connect(file)) as journal:
            assert_untold("\n".join(journal.iterdump()), file.name)


@pytest.mark.parametrize("url", ["https://me:sw0rdfish@127.0.0.1/a", "https://127.0.0.1/a?token=sw0rdfish"])
def test_of_addresses_that_may_be_read(
    everything: Callable[[], str], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """Which the page shows."""
    monkeypatch.setenv("IMAGE_SEARCH_URLS", f"https://pictures.example,{url}")
    said = everything()
    assert "IMAGE_SEARCH_URLS does not work" in said
    assert_untold(said, url)


def test_of_where_a_server_leads_on_to() -> None:
    class LibraryError(Exception):
        status: object = None

    error = LibraryError(
        "403, url='https://bucket.example/a.jpg?X-Amz-Signature=sw0rdfish' Authorization: Basic tr0mb0ne"
    )
    assert_untold(str(describe_error("https://pictures.example/a.jpg", error, "")), "verdict")


def test_in_logs_of_libraries_too(caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings.load(
        elasticsearch_url="http://elastic:sw0rd%20fish@host:9200",
        elasticsearch_api_key="tr0mb0ne",
        journal_url="x://a:Pa/ss@h",
    )
    keep_out_of_logs(settings.secrets)
    log = logging.getLogger("some.library")
    log.error("to %s", "http://elastic:sw0rd%20fish@host:9200")
    log.error("with %s", {"password": "sw0rd fish", "authorization": "ApiKey tr0mb0ne"})
    log.error("Basic ZWxhc3RpYzpzdzByZCBmaXNo and Pa/ss")
    error = ValueError("Invalid header value b'ApiKey tr0mb0ne'")
    log.error("It failed", exc_info=error)
    for part in ("sw0rd", "tr0mb0ne", "ZWxhc3RpYzpzdzByZCBmaXNo", "Pa/ss"):
        assert part not in caplog.text
    assert caplog.text.count("***") >= 5
    log.error("%d of %d", 1, 2)
    log.error("100 %")
    assert "1 of 2" in caplog.text
    assert "100 %" in caplog.text


@pytest.mark.parametrize(
    "name",
    [
        *("pwd", "pass", "passwd", "password", "PASSWORD", "userpass", "db_pwd", "passphrase", "auth", "authorization"),
        *("jwt", "sig", "signature", "X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token", "x-goog-signature"),
        *("token", "access_token", "accessToken", "refresh-token", "key", "apikey", "api_key", "api-key", "apiKey"),
        *("secret", "client_secret", "credential", "credentials", "sas", "session", "sid", "bearer", "AWSAccessKeyId"),
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)
    assert holds_secret(f"https://pictures.example/a.jpg?width=8&{name}=x")


@pytest.mark.parametrize(
    "name",
    [
        "width",
        "w",
        "h",
        "q",
        "format",
        "page",
        "size",
        "id",
        "versionId",
        "author",
        "crop",
        "hash",
        "keyword",
        "design",
    ],
)
def test_names_of_other_parameters(name: str) -> None:
    assert not is_secret_name(name)
    assert not holds_secret(f"https://pictures.example/photo@2x.jpg?{name}=8")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://localhost:9200", "http://localhost:9200"),
        ("https://u:p@host/prefix", "https://host/prefix"),
        ("https://u:p@ss@host:9200/path?key=p", "https://host:9200/path"),
        ("https://token@host", "https://host"),
        ("https://u:p@[::1]:9200/", "https://[::1]:9200/"),
        ("localhost:9200", "localhost:9200"),
        ("http://u:p/w@host", "http://…"),
        ("http://u:pw", "http://…"),
        ("u:pw", "…"),
        ("", "…"),
    ],
)
def test_an_address_for_people(url: str, shown: str) -> None:
    assert without_secrets(url) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no address in it", "no address in it"),
        ("GET https://u:pw@host/a?b=c failed", "GET https://host/a failed"),
        ("AccountKey=abc==;Name=x", "AccountKey=***;Name=x"),
        ('password: "a b" is wrong', "password: *** is wrong"),
        ("width=8 key=9", "width=8 key=***"),
        ("Bearer abc.def", "Bearer ***"),
        ("GET https://u:p w@host/a failed", "GET https://host/a failed"),
        ("'https://u:p \"w\" 'x' <y>@host:1/a b' failed", "'https://host:1/a b' failed"),
        ("https://u p\tw@host/a, http://v:q r@other/b", "https://host/a http://other/b"),
        ("https://host/a?from=https://u:p w@other/b failed", "https://… failed"),
        ("https://host/a failed: ask me@other", "https://…"),
        ("https://host/a failed\nask me@other", "https://host/a failed\nask me@other"),
    ],
)
def test_what_a_library_says(text: str, shown: str) -> None:
    assert scrubbed(text) == shown


def test_a_password_with_any_sign_works_where_it_is_encoded() -> None:
    for password in PASSWORDS:
        url = f"http://elastic:{quote(password, safe='')}@one:9200"
        assert Settings.load(elasticsearch_url=f"{url},http://two:9200").elasticsearch_url == (url, "http://two:9200")
