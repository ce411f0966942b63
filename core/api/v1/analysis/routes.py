"""Which paths lead to what is found out about a collection as a whole."""

from collections.abc import Callable

from core.access.roles import Role
from core.api.v1 import responses as replies
from core.api.v1.analysis.labelling import add_labelling
from core.api.v1.analysis.quality import Quality, QualityRoutes
from core.services import Services

VIEWER, EDITOR = Role.VIEWER, Role.EDITOR


type Adding = Callable[..., None]
"""Adds a route: the role that it takes, method, path below `/api/v1`, endpoint, summary, and the type of the answer."""


def add_analyses(under: Callable[[str], Adding], services: Callable[[], Services]) -> None:
    """
    Args:
        under: Gives what adds routes that stand under a heading.
    """
    _add_quality(under("Quality"), QualityRoutes(services))
    add_labelling(under, services)


def _add_quality(add: Adding, quality: QualityRoutes) -> None:
    add(VIEWER, "GET", "/quality", quality.show, "Show pictures that are blurred, dark or nearly blank", Quality)
    add(
        *(EDITOR, "POST", "/quality", quality.start, "Check the quality of new pictures", replies.Started),
        status_code=202,
    )
