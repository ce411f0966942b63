"""The composition root: from settings to index, model, stores and jobs, built once for each collection."""

from core.services.services import Services
from core.services.shared import ASKED, shared
from core.services.status import Status

__all__ = ["ASKED", "Services", "Status", "shared"]
