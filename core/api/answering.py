"""What all routes share: whom they answer, how much they read, and how errors become answers."""

from collections.abc import AsyncIterator, Awaitable, Callable

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.api.bodies import Body
from core.api.sites import FOREIGN, is_foreign
from core.errors import (
    FolderRefused,
    ImageSearchError,
    IndexUnavailable,
    InvalidQuery,
    InvalidTags,
    JournalUnavailable,
    ModelMismatch,
    ModelUnavailable,
    SavedRefused,
    SourceUnavailable,
    StorageFull,
    TooLarge,
    UnreadableImage,
)
from core.images.names import printable

type Endpoint = Callable[[Request], Awaitable[Response]]

DESCRIPTION = "/api/openapi.json"

_STATUS = {  # the first that fits
    InvalidQuery: 400,
    InvalidTags: 400,
    SavedRefused: 400,
    TooLarge: 413,
    UnreadableImage: 422,
    StorageFull: 507,
    IndexUnavailable: 503,
    ModelUnavailable: 503,
    ModelMismatch: 503,
    SourceUnavailable: 503,
    JournalUnavailable: 503,
    FolderRefused: 403,
}
_LONGEST = 80  # characters of a field's name that are repeated


class Refusal(ImageSearchError):
    """A request that is not answered, with the status that says why, and after how many seconds it may be."""

    def __init__(self, status: int, message: str, remedy: str = "", retry_after: int | None = None) -> None:
        super().__init__(message, remedy)
        self.status = status
        self.retry_after = retry_after


def answered(endpoint: Endpoint) -> Endpoint:
    """The one place where expected errors become answers."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ImageSearchError as error:
            later = getattr(error, "retry_after", None)
            return JSONResponse(told(error), _status(error), {"Retry-After": str(later)} if later else None)

    return answer


def told(error: ImageSearchError) -> dict[str, str]:
    return {"error": error.message, "remedy": error.remedy}


def refuse_foreign(request: Request) -> None:
    """
    Raises:
        Refusal: a page of another site has sent it.
    """
    if is_foreign(request, private=True):
        raise Refusal(403, *FOREIGN)


def content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_json[B: Body](request: Request, kind: type[B]) -> B:
    """The body of a request.

    No foreign page may send application/json without a CORS preflight, and none is answered here; that and the
    Sec-Fetch-Site header protect against requests from other sites.

    Raises:
        Refusal: it comes from elsewhere, is too long, or is nothing of this kind.
    """
    refuse_foreign(request)
    if content_type(request) != "application/json":
        raise Refusal(415, "Send this as application/json.")
    data = await _whole(request.stream(), kind.longest)
    try:
        return kind.model_validate_json(data)
    except ValidationError as error:
        raise _invalid(error) from error


async def _whole(stream: AsyncIterator[bytes], limit: int) -> bytes:
    data = bytearray()
    async for chunk in stream:
        data += chunk
        if len(data) > limit:
            raise Refusal(413, f"This request is larger than {limit >> 10} kB.", "Send less at a time.")
    return bytes(data)


def _invalid(error: ValidationError) -> Refusal:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field = printable(".".join(map(str, first["loc"])))[:_LONGEST]
    reason = first["msg"].removeprefix("Value error, ")
    return Refusal(400, f"{field}: {reason}." if field else f"{reason}.", f"{DESCRIPTION} describes the requests.")


def _status(error: ImageSearchError) -> int:
    if isinstance(error, Refusal):
        return error.status
    return next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
