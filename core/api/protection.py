"""What stands before the routes, in its order."""

from collections.abc import Sequence

from starlette.middleware import Middleware

from core.api.guard import STREAMLIT_PRIVATE, Guard
from core.api.routing import OWN
from core.hosts import Hosts


def protection(hosts: Hosts, prefix: str, frame_ancestors: Sequence[str] = ()) -> list[Middleware]:
    """As `Guard` takes them."""
    private = OWN | STREAMLIT_PRIVATE
    return [Middleware(Guard, hosts=hosts, private=private, prefix=prefix, frame_ancestors=" ".join(frame_ancestors))]
