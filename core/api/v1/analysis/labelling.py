"""Which paths lead to labels: class lists, checks of the labels of a dataset, picks."""

from collections.abc import Callable
from typing import Any

from fastapi.responses import Response

from core.access.roles import Role
from core.api.v1.analysis import classes, labels, labels_replies, picks
from core.api.v1.description.openapi import files
from core.api.v1.responses import Started
from core.services import Services

VIEWER, EDITOR = Role.VIEWER, Role.EDITOR

type Add = Callable[..., Any]


def add_labelling(adding: Callable[[str], Add], services: Callable[[], Services]) -> None:
    """
    Args:
        adding: Gives what adds routes under a heading.
    """
    _add_classes(adding("Classes"), classes.ClassRoutes(services))
    _add_labels(adding("Labels"), labels.LabelRoutes(services))
    picking = picks.PickRoutes(services)
    adding("Picks")(VIEWER, "POST", "/picks", picking.pick, "Pick so many pictures", picks.PickReply)


def _add_classes(add: Add, routes: classes.ClassRoutes) -> None:
    one, reply, started = "/classes/{id:int}", classes.ListReply, {"status_code": 202}
    add(VIEWER, "GET", "/classes", routes.list, "List the class lists, by name", classes.Lists)
    add(EDITOR, "POST", "/classes", routes.add, "Make a class list", reply, status_code=201)
    add(EDITOR, "POST", "/classes/score", routes.score, "Score pictures for the class lists", Started, **started)
    add(VIEWER, "GET", one, routes.show, "Show a class list", reply)
    add(EDITOR, "PATCH", one, routes.change, "Change a class list", reply)
    add(
        *(EDITOR, "DELETE", one, routes.delete, "Delete a class list", None),
        status_code=204,
        response_class=Response,
        response_description="It is deleted",
    )
    pictures = "List the pictures that a class may fit"
    add(VIEWER, "GET", f"{one}/pictures", routes.pictures, pictures, classes.ClassPictures)
    add(EDITOR, "POST", f"{one}/decisions", routes.say, "Say which pictures are of a class", classes.ClassReply)
    add(EDITOR, "POST", f"{one}/apply", routes.apply, "Give pictures the classes of a list", Started, **started)
    add(EDITOR, "POST", f"{one}/withdraw", routes.withdraw, "Take the classes of a list back", Started, **started)


def _add_labels(add: Add, routes: labels.LabelRoutes) -> None:
    add(VIEWER, "GET", "/labels/check", routes.health, "See how good the labels are", labels_replies.LabelHealth)
    add(EDITOR, "POST", "/labels/check", routes.check, "Check the labels", Started, status_code=202)
    suspects = "List labels that may be wrong or missing"
    add(VIEWER, "GET", "/labels/suspicious", routes.suspicious, suspects, labels_replies.SuspectsReply)
    add(EDITOR, "POST", "/labels/decisions", routes.decide, "Say which labels are right", labels_replies.Kept)
    csv, json = files("text/csv"), files("application/json")
    add(EDITOR, "GET", "/labels/decisions.csv", routes.decisions, "Download what was said of labels", None, **csv)
    add(EDITOR, "GET", "/labels/corrected.json", routes.corrected, "Download the corrected labels", None, **json)
    add(VIEWER, "GET", "/labels/leakage", routes.leakage, "List pictures that are in two splits", labels_replies.Leaks)
    add(EDITOR, "GET", "/labels/leakage.csv", routes.leakage_csv, "Download the pairs across splits", None, **csv)
    add(VIEWER, "GET", "/labels/balance", routes.balance, "Count each label in each split", labels_replies.BalanceReply)
    add(VIEWER, "GET", "/labels/boxes", routes.boxes, "Measure the boxes", labels_replies.BoxesReply)
    problems = "List pictures with boxes that look like mistakes"
    add(VIEWER, "GET", "/labels/boxes/problems", routes.box_problems, problems, list[labels_replies.BoxProblemReply])
    looks = "List pictures without labels that look like one"
    add(VIEWER, "GET", "/labels/unlabelled", routes.unlabelled, looks, labels_replies.UnlabelledReply)
