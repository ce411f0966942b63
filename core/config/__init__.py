"""Settings, read once from the environment and passed down."""

from core.config.reading import INDEX_NAME
from core.config.settings import ServerSettings, Settings

__all__ = ["INDEX_NAME", "ServerSettings", "Settings"]
