"""What all routes share: whom they answer, and how errors become answers."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.api.protection.refusals import refusal
from core.api.protection.sites import FOREIGN, is_foreign
from core.errors import (
    AccessDenied,
    ClassesRefused,
    CollectionRefused,
    DuplicatesRefused,
    EndpointFailed,
    EndpointMissing,
    FolderRefused,
    ImageSearchError,
    IndexUnavailable,
    InvalidQuery,
    InvalidTags,
    JobRefused,
    JournalUnavailable,
    LabelsRefused,
    MapChanged,
    MeasurementBusy,
    MeasurementRefused,
    ModelMismatch,
    ModelUnavailable,
    NameRefused,
    NoSuchClassList,
    NoSuchCollection,
    NoSuchJob,
    NotIndexed,
    NotMade,
    NotSignedIn,
    SavedRefused,
    SelectionRefused,
    SeveralCollections,
    SourceUnavailable,
    StorageFull,
    StorageUnavailable,
    TooLarge,
    UnreadableImage,
    UploadsGone,
    VersionRefused,
)

type Endpoint = Callable[[Request], Awaitable[Response]]

_STATUS = {  # the first that fits
    InvalidQuery: 400,
    InvalidTags: 400,
    MeasurementBusy: 429,
    MeasurementRefused: 422,
    SavedRefused: 400,
    ClassesRefused: 400,
    LabelsRefused: 400,
    NoSuchClassList: 404,
    SelectionRefused: 400,
    NameRefused: 400,
    NotMade: 404,
    MapChanged: 409,
    NoSuchCollection: 404,
    CollectionRefused: 409,
    SeveralCollections: 400,
    TooLarge: 413,
    UnreadableImage: 422,
    UploadsGone: 422,
    NotIndexed: 400,
    StorageFull: 507,
    StorageUnavailable: 503,
    IndexUnavailable: 503,
    ModelUnavailable: 503,
    ModelMismatch: 503,
    SourceUnavailable: 503,
    EndpointMissing: 503,
    EndpointFailed: 502,
    JournalUnavailable: 503,
    FolderRefused: 403,
    NoSuchJob: 404,
    JobRefused: 409,
    VersionRefused: 409,
    DuplicatesRefused: 409,
}


class Refusal(ImageSearchError):
    """A request that is not answered, with the status that says why, and after how many seconds it may be."""

    def __init__(self, status: int, message: str, remedy: str = "", retry_after: int | None = None) -> None:
        super().__init__(message, remedy)
        self.status = status
        self.retry_after = retry_after


def error_response(error: ImageSearchError) -> JSONResponse:
    if isinstance(error, NotSignedIn | AccessDenied):
        return refusal(error)
    later = getattr(error, "retry_after", None)
    return JSONResponse(error_body(error), _status(error), {"Retry-After": str(later)} if later else None)


def error_body(error: ImageSearchError) -> dict[str, str]:
    return {"error": error.message, "remedy": error.remedy}


def answered(endpoint: Endpoint) -> Endpoint:
    """An endpoint whose expected errors become answers."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ImageSearchError as error:
            return error_response(error)

    return answer


def refuse_foreign(request: Request) -> None:
    """
    Raises:
        Refusal: a page of another site has sent it.
    """
    if is_foreign(request, private=True):
        raise Refusal(403, *FOREIGN)


def content_type(request: Request) -> str:
    """The media type of the body, without its parameters; "" where none is given."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _status(error: ImageSearchError) -> int:
    if isinstance(error, Refusal):
        return error.status
    return next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
