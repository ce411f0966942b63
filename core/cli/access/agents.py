"""Access for agents."""

from typing import Annotated

import typer

from core.cli.collection_option import chosen
from core.cli.console import app, expected_errors


@app.command(name="mcp")
@expected_errors
def mcp_command(
    write: Annotated[bool, typer.Option("--write", help="Let the agent change tags and save searches.")] = False,
) -> None:
    """Let an agent search by the Model Context Protocol, over standard input and output."""
    from core.mcp.stdio import serve
    from core.services import shared

    first = chosen()
    serve(
        lambda name: shared.of(name or first, command_line=True),
        lambda: list(shared.collections(command_line=True).all()),
        writes=write,
    )
