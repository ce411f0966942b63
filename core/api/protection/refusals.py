"""What is answered to who is not let in."""

from starlette.responses import JSONResponse

from core.errors import AccessDenied, ImageSearchError, NotSignedIn

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="image-search"'}  # RFC 6750, section 3; no browser asks for a password


def refusal(error: ImageSearchError) -> JSONResponse:
    """401 where nobody knows who asks, 403 where they may not; 503 where that cannot be found out."""
    body = {"error": error.message, "remedy": error.remedy}
    if isinstance(error, NotSignedIn):
        return JSONResponse(body, 401, _CHALLENGE)
    return JSONResponse(body, 403 if isinstance(error, AccessDenied) else 503)
