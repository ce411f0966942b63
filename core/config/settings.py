"""What can be set, read once from the environment and passed down."""

import os
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from core.config import reading
from core.config.setting import read_setting, setting
from core.errors import InvalidSetting
from core.models import STARTER, USUAL
from core.telemetry.names import FORMS, LEVELS, LOG_FORM, LOG_LEVEL
from core.text.redaction import secrets_of


def _user_data() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("image-search", appauthor=False))


@dataclass(frozen=True)
class ServerSettings:
    """What holds before anything is answered: read by itself, so that nothing else that is wrong opens a door."""

    hosts: tuple[str, ...] = setting(
        "IMAGE_SEARCH_HOSTS",
        "Host names the app answers to, besides localhost and its own address, separated by commas",
        reading.hosts,
        (),
    )
    frame_ancestors: tuple[str, ...] = setting(
        "IMAGE_SEARCH_FRAME_ANCESTORS",
        "Sites that may show the app in a frame, separated by commas",
        reading.ancestors,
        (),
    )
    log: str = setting(
        LOG_FORM,
        "The form of the logs: `text` for people, or `json`, an object on each line",
        reading.one_of(*FORMS),
        "text",
    )
    log_level: str = setting(
        LOG_LEVEL,
        "What is logged: `debug`, `info`, `warning` or `error`; `debug` shows what is searched for",
        reading.one_of(*LEVELS),
        "info",
    )
    open: bool = setting(
        "IMAGE_SEARCH_OPEN",
        "Whether the app may be reached from other machines without signing in: whoever reaches it can do everything",
        reading.flag,
        False,
    )
    trusted_proxies: tuple[str, ...] = setting(
        "IMAGE_SEARCH_TRUSTED_PROXIES",
        "Proxies whose X-Forwarded headers are believed, separated by commas: 127.0.0.1, 10.0.0.0/8",
        reading.networks,
        (),
    )
    viewers: tuple[str, ...] = setting(
        "IMAGE_SEARCH_VIEWERS",
        "Who may look, once signed in, separated by commas: ana@example.com, @example.com, group:curators, or *",
        reading.members,
        (),
    )
    editors: tuple[str, ...] = setting(
        "IMAGE_SEARCH_EDITORS", "Who may also tag, save searches and export, as above", reading.members, ()
    )
    admins: tuple[str, ...] = setting(
        "IMAGE_SEARCH_ADMINS", "Who may also ingest and administer, as above", reading.members, ()
    )
    groups_claim: str = setting(
        "IMAGE_SEARCH_GROUPS_CLAIM",
        "Where the sign-in provider says which groups somebody is in",
        reading.text,
        "groups",
    )
    session_hours: int | None = setting(
        "IMAGE_SEARCH_SESSION_HOURS",
        "Hours until people sign in again; by default as long as the provider's own statement is valid",
        reading.whole(1, 720),
        None,
    )
    contact: str = setting(
        "IMAGE_SEARCH_CONTACT", "Whom people without a role are told to ask; by default the admins", str, ""
    )

    @classmethod
    def load(cls, **values: Any) -> Self:
        """Read the environment, where an empty variable is one that is not set; `values` (by field name) take
        precedence, for tests.

        Raises:
            InvalidSetting: names the first wrong variable, what it holds and what was expected.
        """
        set_ = {name.upper(): value for name, value in os.environ.items() if value}
        read = {one.name: read_setting(one, values, set_) for one in fields(cls)}
        settings = cls(**read)
        settings._check()
        return settings

    @classmethod
    def variables(cls) -> dict[str, str]:
        """The environment variable of each field, by its name."""
        return {one.name: one.metadata["variable"] for one in fields(cls)}

    def _check(self) -> None:
        """What single settings cannot tell."""


@dataclass(frozen=True)
class Settings(ServerSettings):
    """Everything that can be set, each by the environment variable that its field names."""

    data_dir: Path = setting(
        "IMAGE_SEARCH_DATA_DIR",
        "Where the embedded index, thumbnails, uploads and model weights are kept",
        reading.path,
        default_factory=_user_data,
    )
    model_id: str = setting(
        "IMAGE_SEARCH_MODEL",
        "A CLIP model or Perception Encoder from Roboflow Inference, or `starter`: see `image-search models`",
        reading.model,
        USUAL,
    )
    index_name: str = setting(
        "IMAGE_SEARCH_INDEX", "The name of the index: lower-case letters, digits, - and _", reading.index_name, "images"
    )
    library_roots: tuple[Path, ...] = setting(
        "IMAGE_SEARCH_ROOTS",
        f"Folders that may be indexed from the app, separated by `{os.pathsep}`",
        reading.roots,
        default_factory=lambda: (Path.home(), Path.cwd()),
    )
    urls: tuple[str, ...] = setting(
        "IMAGE_SEARCH_URLS",
        "URLs (https, s3, gs, az) that the app may read pictures from, separated by commas",
        reading.urls,
        (),
    )
    upload_mb: int = setting(
        "IMAGE_SEARCH_UPLOAD_MB", "The largest picture that can be uploaded, in megabytes", reading.whole(1, 1024), 50
    )
    archive_mb: int = setting(
        "IMAGE_SEARCH_ARCHIVE_MB", "The largest ZIP file that can be uploaded, in megabytes", reading.whole(1), 4096
    )
    upload_files: int = setting(
        "IMAGE_SEARCH_UPLOAD_FILES", "How many files can be uploaded at a time", reading.whole(1, 10_000), 10_000
    )
    preview_mb: int = setting(
        "IMAGE_SEARCH_PREVIEW_MB",
        "Disk space for previews, in megabytes; old ones are removed, and made again when needed",
        reading.whole(1),
        512,
    )
    store: str = setting(
        "IMAGE_SEARCH_STORE",
        "URL of the store that keeps thumbnails, uploads and results for all app processes: s3://bucket/prefix",
        reading.store,
        "",
    )
    store_cache_mb: int = setting(
        "IMAGE_SEARCH_STORE_CACHE_MB",
        "Disk space for what was fetched from that store, in megabytes; what was used last stays",
        reading.whole(1),
        4096,
    )
    agents_write: bool = setting(
        "IMAGE_SEARCH_AGENTS_WRITE",
        "Whether agents may change tags and save searches over HTTP, as far as their token's role goes",
        reading.flag,
        False,
    )
    llm_url: str = setting(
        "IMAGE_SEARCH_LLM_URL",
        "URL of an OpenAI-compatible endpoint that answers questions about pictures: http://localhost:11434/v1",
        reading.endpoint,
        "",
    )
    llm_model: str = setting("IMAGE_SEARCH_LLM_MODEL", "The model there, one that sees pictures", str, "")
    llm_key: str | None = setting(
        "IMAGE_SEARCH_LLM_KEY", "The key of that endpoint", reading.api_key, None, shown=False
    )
    llm_names: bool = setting(
        "IMAGE_SEARCH_LLM_NAMES",
        "Whether names and folders of pictures may be sent to that endpoint",
        reading.flag,
        False,
    )
    llm_places: bool = setting(
        "IMAGE_SEARCH_LLM_PLACES", "Whether it may be sent there where pictures were taken", reading.flag, False
    )
    tiles_url: str = setting(
        "IMAGE_SEARCH_TILES",
        "URL of the tiles of a map, with {z}, {x} and {y}; browsers that show the overview ask that server for them",
        reading.tiles,
        "",
    )
    tiles_credit: str = setting(
        "IMAGE_SEARCH_TILES_CREDIT",
        "Whom these tiles are from: shown on the map",
        reading.text,
        "© OpenStreetMap contributors",
    )
    use_app: bool = setting(
        "IMAGE_SEARCH_USE_APP",
        "Whether commands let the app answer that runs on the same data folder",
        reading.flag,
        True,
    )
    journal_url: str | None = setting(
        "IMAGE_SEARCH_JOURNAL",
        "Database for jobs and saved searches, as a SQLAlchemy URL; by default a file in the data folder",
        reading.database,
        None,
        shown=False,
    )
    model_cache: Path | None = setting(
        "MODEL_CACHE_DIR", "Where model weights are kept; by default `models` in the data folder", reading.path, None
    )
    inference_servers: tuple[str, ...] = setting(
        "INFERENCE_SERVER_URL",
        "URL of the server of Roboflow Inference that embeds in place of this machine, or several separated by commas",
        reading.embedding_servers,
        (),
    )
    inference_api_key: str | None = setting(
        "INFERENCE_SERVER_API_KEY", "The key that these servers ask for", reading.api_key, None, shown=False
    )
    ray: str = setting(
        "IMAGE_SEARCH_RAY",
        "The Ray cluster that reads and embeds for ingests: HOST:PORT of its head, or `local`",
        reading.cluster,
        "",
    )
    elasticsearch_url: tuple[str, ...] = setting(
        "ELASTICSEARCH_URL",
        "URL of the Elasticsearch server, or several separated by commas",
        reading.servers,
        (),
        shown=False,
    )
    elasticsearch_cloud_id: str | None = setting(
        "ELASTICSEARCH_CLOUD_ID", "Used instead of the URL on Elastic Cloud", reading.text, None, shown=False
    )
    elasticsearch_api_key: str | None = setting(
        "ELASTICSEARCH_API_KEY", "An encoded API key", reading.api_key, None, shown=False
    )
    elasticsearch_ca_certs: Path | None = setting(
        "ELASTICSEARCH_CA_CERTS", "Certificate file of the server's authority", reading.file, None
    )

    elasticsearch_shards: int = setting(
        "ELASTICSEARCH_SHARDS",
        "Primary shards of an index, for each some 20 million pictures; for indices that are made from now on",
        reading.whole(1, 1024),
        1,
    )
    elasticsearch_replicas: int | None = setting(
        "ELASTICSEARCH_REPLICAS",
        "Replicas of each shard; by default one as soon as there is a second node",
        reading.whole(0, 16),
        None,
    )
    elasticsearch_quantisation: str = setting(
        "ELASTICSEARCH_QUANTISATION",
        "What is kept in memory of vectors: `int8`, `int4`, `bbq` (a bit for each number) or `none` (the numbers)",
        reading.one_of("int8", "int4", "bbq", "none"),
        "int8",
    )

    def _check(self) -> None:
        if self.elasticsearch_url and self.elasticsearch_cloud_id:
            reason = "ELASTICSEARCH_URL and ELASTICSEARCH_CLOUD_ID are both set; expected one of them"
            raise InvalidSetting(f"{reason}.", "Unset one and start again.")
        if self.store.startswith("file://") and Path(self.store.removeprefix("file://")).is_relative_to(self.data_dir):
            reason = "IMAGE_SEARCH_STORE is in the data folder; expected a place of its own"
            raise InvalidSetting(f"{reason}.", "Name a folder that all machines have, and start again.")
        if self.llm_url and not self.llm_model:
            reason = "IMAGE_SEARCH_LLM_URL is set, and IMAGE_SEARCH_LLM_MODEL is not"
            raise InvalidSetting(f"{reason}.", "Set IMAGE_SEARCH_LLM_MODEL and start again.")

    @property
    def uses_elasticsearch(self) -> bool:
        return bool(self.elasticsearch_url or self.elasticsearch_cloud_id)

    def is_served(self, model_id: str) -> bool:
        """Whether servers embed with this model, rather than this machine."""
        return bool(self.inference_servers) and model_id != STARTER

    @cached_property
    def secrets(self) -> frozenset[str]:
        """Passwords and keys among the settings, in all writings: what nobody may read anywhere."""
        urls = [*self.elasticsearch_url, *filter(None, [self.journal_url])]
        keys = (self.elasticsearch_api_key, self.inference_api_key, self.llm_key)
        return frozenset(filter(None, [*keys, *(secret for url in urls for secret in secrets_of(url))]))

    @cached_property
    def journal(self) -> str:
        """The address of the journal's database, or the path of a SQLite file."""
        return self.journal_url or str(self.data_dir / "jobs" / "jobs.db")

    @cached_property
    def model_cache_dir(self) -> Path:
        return self.model_cache or self.data_dir / "models"
