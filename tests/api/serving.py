"""The routes on a server of their own, in a process whose memory and connections can be watched.

python -m tests.api.serving PORT DATA_FOLDER
"""

import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from core import model
from core.api.deferred import own_routes
from core.api.light import OwnRoutes
from core.api.protection import protection
from core.api.protection.limits import Limits
from core.config import Settings
from core.hosts import LOOPBACK, Hosts
from core.services import Services
from tests.colours import ColourEmbedder


def main(port: str, folder: str) -> None:
    model.start_model = lambda *_: ColourEmbedder()
    services = Services(Settings.load(data_dir=Path(folder), library_roots=(Path(folder),)))
    limits = Limits(head=2, idle=3, grace=1, rate=1000, stalled=0.5)  # seconds: nobody waits for the usual ones here
    app = Starlette(
        routes=own_routes(OwnRoutes(lambda: services), ""), middleware=protection(Hosts(LOOPBACK), "", limits=limits)
    )
    uvicorn.run(app, port=int(port), log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
