"""Which path leads where, and what is told of it."""

from collections.abc import Callable

from fastapi.responses import Response, StreamingResponse

from core.access.roles import Role
from core.api.images import Images
from core.api.uploads import Uploading
from core.api.v1 import responses as replies
from core.api.v1.analysis.routes import Adding, add_analyses
from core.api.v1.ask.ask import AskRoutes
from core.api.v1.ask.context import ContextReply, ContextRoutes
from core.api.v1.collections import Collecting
from core.api.v1.description.openapi import body, files
from core.api.v1.explain import Explaining
from core.api.v1.exports import Exporting
from core.api.v1.index.index import Index
from core.api.v1.index.replies import IndexStatus, ModelOffer, Recall
from core.api.v1.index.versions import Versioning
from core.api.v1.jobs import Running
from core.api.v1.saved import Saving
from core.api.v1.search import Looking, Searching
from core.api.v1.tags import Tagging
from core.api.v1.uploads import Located
from core.search.output.response import Answer
from core.services import Services, shared

VIEWER, EDITOR, ADMIN = Role.VIEWER, Role.EDITOR, Role.ADMIN

_WEBP = "image/webp"
_NONE = {404: {"description": "There is no such picture"}}


def add_routes(
    under: Callable[[str], Adding], services: Callable[[], Services], images: Images, uploading: Uploading
) -> None:
    """
    Args:
        under: Gives what adds routes that stand under a heading.
    """
    _add_searches(under("Search"), services)
    _add_images(under("Pictures"), images, Looking(services))
    _add_uploads(under("Uploads"), uploading, Located(services))
    _add_jobs(under("Jobs"), Running(services))
    _add_kept(under("Tags and saved searches"), Tagging(services), Saving(services))
    _add_index(under("Index"), Index(services))
    add_analyses(under, services)
    _add_collections(under("Collections"), Collecting(shared.collections))
    _add_versions(under("Versions"), Versioning(services))


def _add_searches(add: Adding, services: Callable[[], Services]) -> None:
    searching, explaining, exporting = Searching(services), Explaining(services), Exporting(services)
    lines = replies.Progress | replies.HeatMap | replies.Error
    add(VIEWER, "GET", "/search", searching.search_by_url, "Search with the parameters of the page's URL", Answer)
    add(VIEWER, "POST", "/search", searching.search, "Search", Answer)
    add(*(VIEWER, "POST", "/context", ContextRoutes(services).find, "Get numbered pictures for a prompt", ContextReply))
    add(EDITOR, "POST", "/ask", AskRoutes(services).ask, "Ask a model about pictures", None, **AskRoutes.told)
    add(VIEWER, "POST", "/explain", explaining.explain, "Explain why a picture matches a search", replies.Concepts)
    add(
        *(VIEWER, "POST", "/heatmap", explaining.heatmap, "Show which parts of a picture match a search", None),
        response_class=StreamingResponse,
        responses={200: {"model": lines, "description": "Lines of JSON: the progress, and finally the map"}},
    )
    add(EDITOR, "POST", "/exports", exporting.add, "Prepare an export", replies.Prepared, status_code=201)
    add(EDITOR, "GET", "/exports/{token}/{name}", exporting.fetch, "Download an export", None, **files("*/*"))


def _add_images(add: Adding, images: Images, looking: Looking) -> None:
    add(VIEWER, "POST", "/pictures", looking.get, "Get what is known of pictures, with their boxes", replies.Pictures)
    jpeg = files("image/jpeg", _WEBP, more=_NONE)  # the latter of earlier versions
    add(VIEWER, "GET", "/thumbnails/{content_hash}", images.thumbnail, "Get a thumbnail", None, **jpeg)
    add(VIEWER, "GET", "/images/{content_hash}", images.view, "Get a preview", None, **files(_WEBP, more=_NONE))
    add(
        VIEWER,
        "GET",
        "/boxes/{id}",
        images.boxes,
        "Get a preview with the labelled boxes",
        None,
        **files(_WEBP, more=_NONE),
    )


def _add_uploads(add: Adding, uploading: Uploading, located: Located) -> None:
    received = replies.Received
    add(
        *(VIEWER, "POST", "/queries", uploading.add_query, "Upload a picture to search with", received),
        **body("image/*"),
        status_code=201,
    )
    add(
        *(
            VIEWER,
            "POST",
            "/queries/located",
            located.add_query,
            "Take a picture to search with from its path or URL",
            received,
        ),
        status_code=201,
    )
    add(
        *(ADMIN, "POST", "/uploads", uploading.add_upload, "Upload a picture or ZIP file to index", received),
        **body("*/*"),
        status_code=201,
    )
    add(ADMIN, "POST", "/uploads/done", located.start, "Index uploaded files", replies.Started, status_code=202)


def _add_jobs(add: Adding, running: Running) -> None:
    add(ADMIN, "POST", "/ingest", running.ingest, "Index folders, pictures and URLs", replies.Started, status_code=202)
    add(VIEWER, "GET", "/jobs", running.list, "List the jobs, newest first", list[replies.Job])
    add(VIEWER, "GET", "/jobs/{id:int}", running.show, "Show a job", replies.Job)
    add(ADMIN, "POST", "/jobs/{id:int}/start", running.start, "Do what was planned", replies.Job)
    # Those of analyses take less than the others: each job says what.
    add(EDITOR, "POST", "/jobs/{id:int}/pause", running.pause, "Pause a job", replies.Job)
    add(EDITOR, "POST", "/jobs/{id:int}/resume", running.resume, "Resume a job", replies.Job)
    add(EDITOR, "POST", "/jobs/{id:int}/cancel", running.cancel, "Cancel a job", replies.Job)


def _add_kept(add: Adding, tagging: Tagging, saving: Saving) -> None:
    add(EDITOR, "POST", "/tags", tagging.change, "Add or remove tags", replies.Changed)
    add(VIEWER, "GET", "/saved", saving.list, "List the saved searches, by name", list[replies.Saved])
    add(EDITOR, "POST", "/saved", saving.save, "Save a search", replies.Saved, status_code=201)
    add(
        *(EDITOR, "DELETE", "/saved/{id:int}", saving.delete, "Delete a saved search", None),
        status_code=204,
        response_class=Response,
        response_description="It is deleted",
    )


def _add_index(add: Adding, index: Index) -> None:
    add(VIEWER, "GET", "/index", index.status, "See how the index is doing", IndexStatus)
    add(ADMIN, "GET", "/recall", index.recall_by_url, "Measure how many of the nearest a search finds", Recall)
    add(ADMIN, "POST", "/recall", index.recall, "Measure how many of the nearest searches find", Recall)
    add(VIEWER, "GET", "/models", index.models, "List the models, and which can be had here", list[ModelOffer])


def _add_collections(add: Adding, collecting: Collecting) -> None:
    one, reply = "/collections/{name}", replies.CollectionReply
    add(VIEWER, "GET", "/collections", collecting.list, "List the collections", list[reply])  # type: ignore[valid-type]
    add(ADMIN, "POST", "/collections", collecting.create, "Create a collection", reply, status_code=201)
    add(VIEWER, "GET", one, collecting.show, "Show a collection", reply)
    add(ADMIN, "PATCH", one, collecting.change, "Call a collection otherwise, or describe it", reply)
    add(ADMIN, "POST", f"{one}/clear", collecting.clear, "Remove all pictures of a collection", replies.Removed)
    add(
        *(ADMIN, "DELETE", one, collecting.delete, "Delete a collection", None),
        status_code=204,
        response_class=Response,
        response_description="It is deleted",
    )


def _add_versions(add: Adding, versioning: Versioning) -> None:
    add(VIEWER, "GET", "/versions", versioning.list, "List the versions of the index", list[replies.Version])
    add(ADMIN, "POST", "/versions", versioning.build, "Build the next version", replies.Started, status_code=202)
    add(
        ADMIN,
        "GET",
        "/versions/{number:int}/comparison",
        versioning.compare,
        "Compare a version with the one in use",
        replies.Comparison,
    )
    add(
        ADMIN,
        "POST",
        "/versions/{number:int}/swap",
        versioning.swap,
        "Use another version",
        replies.Started,
        status_code=202,
    )
    add(
        ADMIN,
        "POST",
        "/versions/rollback",
        versioning.roll_back,
        "Use the version before again",
        replies.Started,
        status_code=202,
    )
    add(
        *(ADMIN, "DELETE", "/versions/{number:int}", versioning.delete, "Delete a version that is not in use", None),
        status_code=204,
        response_class=Response,
        response_description="It is deleted",
    )
