"""Which paths lead to what is found out about a collection as a whole."""

from collections.abc import Callable

from core.access.roles import Role
from core.api.v1 import responses as replies
from core.api.v1.analysis.check import Checking
from core.api.v1.analysis.duplicates import Reviewing
from core.api.v1.analysis.duplicates_replies import ActionReply, AlignmentReply, GroupReply, GroupsReply, SummaryReply
from core.api.v1.analysis.labelling import add_labelling
from core.api.v1.analysis.map.routes import add_map
from core.api.v1.analysis.overview import OverviewRoutes
from core.api.v1.analysis.overview_replies import Overview, SidesCompared
from core.api.v1.analysis.quality import Quality, QualityRoutes
from core.api.v1.description.openapi import body, files
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
    _add_duplicates(under("Duplicates"), Reviewing(services))
    _add_check(under("Check"), Checking(services))
    add_map(under("Map"), services)
    _add_overview(under("Overview"), OverviewRoutes(services))


def _add_quality(add: Adding, quality: QualityRoutes) -> None:
    add(VIEWER, "GET", "/quality", quality.show, "Show pictures that are blurred, dark or nearly blank", Quality)
    add(
        *(EDITOR, "POST", "/quality", quality.start, "Check the quality of new pictures", replies.Started),
        status_code=202,
    )


def _add_duplicates(add: Adding, review: Reviewing) -> None:
    at = "/duplicates"
    add(VIEWER, "GET", at, review.summary, "See how many duplicates there are", SummaryReply)
    add(EDITOR, "POST", f"{at}/scan", review.scan, "Scan for duplicates", replies.Started, status_code=202)
    add(VIEWER, "GET", f"{at}/groups", review.groups, "List groups of duplicates", GroupsReply)
    add(VIEWER, "GET", f"{at}/groups/{{key}}", review.group, "Show a group", GroupReply)
    add(VIEWER, "GET", f"{at}/pair", review.pair, "See where one picture is within another", AlignmentReply)
    add(EDITOR, "POST", f"{at}/decisions", review.decide, "Decide what to keep", ActionReply)
    add(EDITOR, "POST", f"{at}/decisions/all", review.decide_all, "Decide about all groups of a level", ActionReply)
    add(EDITOR, "POST", f"{at}/undo", review.undo, "Take a decision back", ActionReply)
    add(VIEWER, "GET", f"{at}/actions", review.actions, "List what was decided, newest first", list[ActionReply])
    add(EDITOR, "GET", f"{at}/export", review.export, "Export what was set aside", None, **files("*/*"))


def _add_check(add: Adding, checking: Checking) -> None:
    """What is sent to be checked is not indexed."""
    add(VIEWER, "POST", "/check", checking.check, "Check whether pictures are in the collection", None, **checking.told)
    add(
        *(VIEWER, "POST", "/check/files", checking.add_file, "Upload a picture or ZIP file to check", replies.Received),
        **body("*/*"),
        status_code=201,
    )


def _add_overview(add: Adding, overview: OverviewRoutes) -> None:
    started = {"status_code": 202}
    add(VIEWER, "GET", "/overview", overview.show, "Show what a collection holds", Overview)
    add(EDITOR, "POST", "/overview", overview.start, "Sum a collection up", replies.Started, **started)
    add(VIEWER, "GET", "/overview/land", overview.land, "Get the outline of the land", list[list[float]])
    add(VIEWER, "GET", "/overview/compare", overview.compared, "Show how two sides differ", SidesCompared)
    add(EDITOR, "POST", "/overview/compare", overview.compare, "Compare two sides", replies.Started, **started)
