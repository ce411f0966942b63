"""Settings, read once from the environment and passed down."""

import os
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.errors import InvalidSetting
from core.hosts import parse_pattern
from core.model_ids import MODELS
from core.redaction import holds_secret, secrets_of, without_secrets

_ENCODED = (
    "In the user name and password, percent-encode everything but letters, digits, - . _ and ~: "
    "@ is %40, / is %2F, : is %3A, # is %23, ? is %3F and % is %25"
)
_API_KEY = re.compile(r"[\x21-\x7e]+")  # what an HTTP header can hold
_ADDRESSES = frozenset({"ELASTICSEARCH_URL", "ELASTICSEARCH_CLOUD_ID", "IMAGE_SEARCH_JOURNAL", "IMAGE_SEARCH_URLS"})
# What CSP takes as a source that is a host: its grammar is that of CSP Level 3, section 2.3.1, without paths.
_ANCESTOR = re.compile(r"(https?://)?(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:([0-9]{1,5}|\*))?|https:|\*")

_INDEX_NAME = r"^[a-z0-9][a-z0-9_-]{0,99}$"  # what both LanceDB tables and Elasticsearch aliases accept


class ServerSettings(BaseSettings):
    """What holds before anything is answered: read by itself, so that nothing else that is wrong opens a door."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True, hide_input_in_errors=True)

    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        validation_alias="IMAGE_SEARCH_HOSTS",
        description="Host names the app answers to, besides localhost and its own address, separated by commas",
    )
    frame_ancestors: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        validation_alias="IMAGE_SEARCH_FRAME_ANCESTORS",
        description="Sites that may show the app in a frame, separated by commas",
    )

    @classmethod
    def load(cls, **values: Any) -> Self:
        """Read the environment; `values` (by field name) take precedence, for tests.

        Raises:
            InvalidSetting: names the first wrong variable, what it holds and what was expected.
        """
        aliases = {name: str(field.validation_alias) for name, field in cls.model_fields.items()}
        try:
            return cls(**{aliases[name]: value for name, value in values.items()})
        except ValidationError as error:
            wrong = _worded(error)
        raise wrong  # out of reach of the other, whose traceback would show what was set

    @field_validator("hosts", "frame_ancestors", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        return re.split(r"[,\s]+", value.strip(", ")) if isinstance(value, str) else value

    @field_validator("hosts")
    @classmethod
    def _host_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(parse_pattern, value))

    @field_validator("frame_ancestors")
    @classmethod
    def _sources(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(_ANCESTOR.fullmatch, value)):
            raise ValueError("expected sites such as https://intranet.example.com")
        return value


class Settings(ServerSettings):
    """Everything that can be set, each by the environment variable named in `validation_alias`."""

    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("image-search", appauthor=False)),
        validation_alias="IMAGE_SEARCH_DATA_DIR",
        description="Where the embedded index, thumbnails, uploads and model weights are kept",
    )
    model_id: str = Field(
        "clip/ViT-B-16",
        validation_alias="IMAGE_SEARCH_MODEL",
        description="A CLIP model from Roboflow Inference, or `starter`",
    )
    index_name: str = Field(
        "images",
        pattern=_INDEX_NAME,
        validation_alias="IMAGE_SEARCH_INDEX",
        description="The name of the index: lower-case letters, digits, - and _",
    )
    library_roots: Annotated[tuple[Path, ...], NoDecode] = Field(
        default_factory=lambda: (Path.home(), Path.cwd()),
        validation_alias="IMAGE_SEARCH_ROOTS",
        description=f"Folders that may be indexed from the app, separated by `{os.pathsep}`",
    )
    urls: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        validation_alias="IMAGE_SEARCH_URLS",
        description="URLs (https, s3, gs, az) that the app may read pictures from, separated by commas",
    )
    upload_mb: int = Field(
        50,
        ge=1,
        le=1024,
        validation_alias="IMAGE_SEARCH_UPLOAD_MB",
        description="The largest picture that can be uploaded, in megabytes",
    )
    archive_mb: int = Field(
        4096,
        ge=1,
        validation_alias="IMAGE_SEARCH_ARCHIVE_MB",
        description="The largest ZIP file that can be uploaded, in megabytes",
    )
    upload_files: int = Field(
        10_000,
        ge=1,
        le=10_000,
        validation_alias="IMAGE_SEARCH_UPLOAD_FILES",
        description="How many files can be uploaded at a time",
    )
    preview_mb: int = Field(
        512,
        ge=1,
        validation_alias="IMAGE_SEARCH_PREVIEW_MB",
        description="Disk space for previews, in megabytes; old ones are removed, and made again when needed",
    )
    use_app: bool = Field(
        True,
        validation_alias="IMAGE_SEARCH_USE_APP",
        description="Whether commands let the app answer that runs on the same data folder",
    )
    journal_url: str | None = Field(
        None,
        repr=False,  # may hold a password
        validation_alias="IMAGE_SEARCH_JOURNAL",
        description="Database for jobs and saved searches, as a SQLAlchemy URL; by default a file in the data folder",
    )
    model_cache: Path | None = Field(
        None,
        validation_alias="MODEL_CACHE_DIR",
        description="Where model weights are kept; by default `models` in the data folder",
    )
    elasticsearch_url: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        repr=False,  # may hold a password
        validation_alias="ELASTICSEARCH_URL",
        description="URL of the Elasticsearch server, or several separated by commas",
    )
    elasticsearch_cloud_id: str | None = Field(
        None,
        repr=False,
        validation_alias="ELASTICSEARCH_CLOUD_ID",
        description="Used instead of the URL on Elastic Cloud",
    )
    elasticsearch_api_key: SecretStr | None = Field(
        None, validation_alias="ELASTICSEARCH_API_KEY", description="An encoded API key"
    )
    elasticsearch_ca_certs: Path | None = Field(
        None, validation_alias="ELASTICSEARCH_CA_CERTS", description="Certificate file of the server's authority"
    )

    @field_validator("library_roots", mode="before")
    @classmethod
    def _split_roots(cls, value: object) -> object:
        return [part for part in value.split(os.pathsep) if part.strip()] if isinstance(value, str) else value

    @field_validator("urls", mode="before")
    @classmethod
    def _split_urls(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("elasticsearch_url", mode="before")
    @classmethod
    def _split_servers(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = re.split(r",(?=\s*(?:https?://|$|,))", value)  # passwords may hold commas
        return [part.strip() for part in parts if part.strip(" ,")]

    @field_validator("data_dir", "model_cache", "elasticsearch_ca_certs")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value else None

    @field_validator("library_roots")
    @classmethod
    def _resolve_roots(cls, value: tuple[Path, ...]) -> tuple[Path, ...]:
        # A root that does not exist (an unplugged drive) may come back: no reason to refuse to start.
        return tuple(dict.fromkeys(root.expanduser().resolve() for root in value))

    @field_validator("model_id")
    @classmethod
    def _known_model(cls, value: str) -> str:
        if value not in MODELS:
            raise ValueError(f"expected one of {', '.join(MODELS)}")
        return value

    @field_validator("urls")
    @classmethod
    def _without_passwords(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(map(holds_secret, value)):
            raise ValueError("a URL contains a user name, password or key, which everyone would see")
        return value

    @field_validator("elasticsearch_url")
    @classmethod
    def _web_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for url in value:
            _check_server(url)
        return value

    @field_validator("journal_url")
    @classmethod
    def _database(cls, value: str | None) -> str | None:
        if value and "://" not in value and (not Path(value).is_absolute() or value.startswith("//")):
            raise ValueError(
                "expected a URL such as postgresql+psycopg://user@host/name, or the absolute path of a file"
            )
        return value

    @field_validator("elasticsearch_api_key")
    @classmethod
    def _header(cls, value: SecretStr | None) -> SecretStr | None:
        key = value.get_secret_value().strip() if value else ""
        if key and not _API_KEY.fullmatch(key):
            raise ValueError("expected an encoded key: letters and digits, no spaces")
        return SecretStr(key) if key else None

    @field_validator("elasticsearch_ca_certs")
    @classmethod
    def _existing_file(cls, value: Path | None) -> Path | None:
        if value and not value.is_file():
            raise ValueError("expected the path of a certificate file")
        return value

    @model_validator(mode="after")
    def _one_server(self) -> "Settings":
        if self.elasticsearch_url and self.elasticsearch_cloud_id:
            raise ValueError("ELASTICSEARCH_URL and ELASTICSEARCH_CLOUD_ID are both set; expected one of them")
        return self

    @property
    def uses_elasticsearch(self) -> bool:
        return bool(self.elasticsearch_url or self.elasticsearch_cloud_id)

    @cached_property
    def secrets(self) -> frozenset[str]:
        """Passwords and keys among the settings, in all writings: what nobody may read anywhere."""
        urls = [*self.elasticsearch_url, *filter(None, [self.journal_url])]
        key = self.elasticsearch_api_key.get_secret_value() if self.elasticsearch_api_key else ""
        return frozenset(filter(None, [key, *(secret for url in urls for secret in secrets_of(url))]))

    @cached_property
    def journal(self) -> str:
        """The address of the journal's database, or the path of a SQLite file."""
        return self.journal_url or str(self.data_dir / "jobs" / "jobs.db")

    @cached_property
    def model_cache_dir(self) -> Path:
        return self.model_cache or self.data_dir / "models"


def _worded(error: ValidationError) -> InvalidSetting:
    first = error.errors(include_url=False)[0]
    reason = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return InvalidSetting(f"{reason}.", "Unset one and start again.")
    variable = str(first["loc"][0])
    shown = _shown(variable, first["input"])
    return InvalidSetting(f"{variable}{shown} does not work: {reason}.", "Correct it and start again.")


def _shown(variable: str, value: object) -> str:
    """What was set, unless it is a key, or may hold a password in whatever place."""
    parts = map(str.strip, map(str, value) if isinstance(value, list | tuple) else str(value).split(","))
    hidden = variable in _ADDRESSES and any(part != without_secrets(part) for part in parts)
    return "" if hidden or variable == "ELASTICSEARCH_API_KEY" else f" is set to {value!r}, but this"


def _check_server(url: str) -> None:
    scheme, separator, rest = url.partition("://")
    if scheme not in ("http", "https") or not separator:
        raise ValueError("expected URLs such as http://localhost:9200")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in rest[len(authority) :]:
        raise ValueError(f"it is not a URL. {_ENCODED}")
    if not re.search(r"^[^:]*(:[0-9]*)?$|\](:[0-9]*)?$", authority.rpartition("@")[2]):
        raise ValueError(f"its port is not a number, or its server is missing. {_ENCODED}")
