"""What stands before the routes, in its order: first who asks, then what tells of requests, the refused ones too."""

from collections.abc import Callable, Mapping, Sequence

from starlette.middleware import Middleware

from core.access.access import Access
from core.access.roles import Role
from core.api.paths import OWN, UPLOADS
from core.api.protection.admission import Admission
from core.api.protection.guard import STREAMLIT_PRIVATE, Guard
from core.api.protection.heads import limit_heads
from core.api.protection.limits import Limits, TimeLimits
from core.api.protection.pages import STREAMLIT_FILES, KnownPages
from core.api.protection.proxies import Proxies
from core.api.protection.sockets import QuietSockets
from core.api.telemetry.requests import Requests
from core.hosts import Hosts

_ACTING_PAGES = frozenset({"sign-out"})  # which do something, and so take no links from other sites
_STREAMLIT_UPLOADS = "/_stcore/upload_file/"


def protection(
    hosts: Hosts,
    prefix: str,
    pages: Mapping[str, Role] | None = None,
    frame_ancestors: Sequence[str] = (),
    limits: Limits | None = None,
    *,
    access: Access | None = None,
    login_url: Callable[[str], str] = str,
    trusted_proxies: Sequence[str] = (),
) -> list[Middleware]:
    """The middleware. The arguments are those of `Proxies`, `Guard`, `Admission`, `KnownPages` and `TimeLimits`.

    Also limits what comes before any request, in this process.
    """
    limits = limits or Limits()
    limit_heads(limits.head)
    private, ancestors = OWN | STREAMLIT_PRIVATE, " ".join(frame_ancestors)
    uploads = [prefix + path for path in (*UPLOADS, _STREAMLIT_UPLOADS)]
    return [
        Middleware(Proxies, trusted=trusted_proxies),
        Middleware(Requests, pages=pages or (), streamlit=STREAMLIT_PRIVATE | STREAMLIT_FILES, prefix=prefix),
        Middleware(QuietSockets),
        Middleware(Guard, hosts=hosts, private=private | _ACTING_PAGES, prefix=prefix, frame_ancestors=ancestors),
        Middleware(Admission, access=access or Access(), prefix=prefix, pages=pages, login_url=login_url),
        Middleware(TimeLimits, limits=limits, uploads=uploads),
        Middleware(KnownPages, pages=pages or (), others=private | STREAMLIT_FILES, prefix=prefix),
    ]
