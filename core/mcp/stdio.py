"""An agent that starts the server itself, and talks to it over its standard input and output."""

from collections.abc import Callable

import anyio
from mcp.server.stdio import stdio_server

from core.access.actors import COMMAND_LINE
from core.agents.toolbox import Toolbox
from core.collections.collection import Collection
from core.mcp.server import make_server
from core.services import Services


def serve(services: Callable[[str], Services], collections: Callable[[], list[Collection]], *, writes: bool) -> None:
    """Until the other side ends."""
    toolbox = Toolbox(services, COMMAND_LINE, writes=writes)
    server = make_server(lambda _: toolbox, collections, writes=writes)

    async def talk() -> None:
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())

    anyio.run(talk)
