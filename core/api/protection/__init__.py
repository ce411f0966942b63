"""What stands before the routes, in its order: first what tells of requests, the refused ones too."""

from collections.abc import Collection, Sequence

from starlette.middleware import Middleware

from core.api.paths import OWN, UPLOADS
from core.api.protection.guard import STREAMLIT_PRIVATE, Guard
from core.api.protection.heads import limit_heads
from core.api.protection.limits import Limits, TimeLimits
from core.api.protection.pages import STREAMLIT_FILES, KnownPages
from core.api.protection.sockets import QuietSockets
from core.api.telemetry.requests import Requests
from core.hosts import Hosts

_STREAMLIT_UPLOADS = "/_stcore/upload_file/"


def protection(
    hosts: Hosts,
    prefix: str,
    pages: Collection[str] = (),
    frame_ancestors: Sequence[str] = (),
    limits: Limits | None = None,
) -> list[Middleware]:
    """The middleware. The arguments are those of `Guard`, `KnownPages` and `TimeLimits`.

    Also limits what comes before any request, in this process.
    """
    limits = limits or Limits()
    limit_heads(limits.head)
    private, ancestors = OWN | STREAMLIT_PRIVATE, " ".join(frame_ancestors)
    uploads = [prefix + path for path in (*UPLOADS, _STREAMLIT_UPLOADS)]
    return [
        Middleware(Requests, pages=pages, streamlit=STREAMLIT_PRIVATE | STREAMLIT_FILES, prefix=prefix),
        Middleware(QuietSockets),
        Middleware(Guard, hosts=hosts, private=private, prefix=prefix, frame_ancestors=ancestors),
        Middleware(TimeLimits, limits=limits, uploads=uploads),
        Middleware(KnownPages, pages=pages, others=private | STREAMLIT_FILES, prefix=prefix),
    ]
