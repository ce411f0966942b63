"""What an answer costs: pictures handed to a model on one numbered sheet, beside the same pictures one by one.

tokens   of the pictures alone, by the published rules of two families of models (`core.ask.cost`)
bytes    of the request that hands them over
time     of an answer without the model's own: searching, reading, drawing, writing down; both ways in turn, medians

The model is one that takes no time: it searches once, is handed the pictures, and answers. A model's own time grows
with the tokens that it is sent.
"""

import argparse
import json
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import anyio

from benchmarks.data import TEST_DATA, photographs
from benchmarks.table import Target, say, show
from core.access.actors import APP
from core.agents.numbers import Numbers
from core.agents.toolbox import Discretion, Toolbox
from core.ask.answering import Answering
from core.ask.calling import Calling, Handing
from core.ask.cost import patch_tokens, tile_tokens
from core.ask.endpoint import Endpoint, Message
from core.ask.events import Image, Looked, Sent
from core.ask.stream import Call, Piece
from core.config import Settings
from core.services import Services

COUNTS = (4, 8, 16, 36)
SIDE = 256
ROUNDS = 7
CHEAPER = 0.5  # of the tokens, where a model counts squares of 512 pixels

type Way = Literal["sheet", "single"]

WAYS: Sequence[Way] = ("sheet", "single")


class Instant(Endpoint):
    """A model that searches once and answers, without any time."""

    def __init__(self, words: str) -> None:
        super().__init__("http://localhost/v1", "none")
        self.words, self.size = words, 0

    async def answer(
        self, messages: Sequence[Message], tools: Sequence[Message] = (), *, last: bool = False
    ) -> AsyncIterator[Piece]:
        self.size = len(json.dumps(messages))
        if any(one["role"] == "tool" for one in messages):
            yield "It is [1]."
        else:
            yield Call("1", "search", json.dumps({"text": self.words}))


class Cost:
    """Of answers with so many pictures, handed over one way."""

    def __init__(self, services: Services, k: int, way: Way) -> None:
        self._services, self._k, self._way = services, k, way
        self.seconds: list[float] = []
        self.images: list[Image] = []
        self.size = 0
        """Bytes of the last request."""

    def measure(self) -> None:
        endpoint, numbers = Instant("a picture"), Numbers()
        box = Toolbox(lambda _: self._services, APP, discretion=Discretion(names=False, places=False), numbers=numbers)
        answering = Answering(endpoint, Calling(box, numbers, Handing(self._k, self._way, SIDE), names=False), numbers)
        begun = time.perf_counter()
        self.images = anyio.run(_images, answering)
        self.seconds.append(time.perf_counter() - begun)
        self.size = endpoint.size

    @property
    def milliseconds(self) -> float:
        return statistics.median(self.seconds) * 1000

    @property
    def patches(self) -> int:
        return sum(patch_tokens(one.width, one.height) for one in self.images)

    @property
    def tiles(self) -> int:
        return sum(tile_tokens(one.width, one.height) for one in self.images)


async def _images(answering: Answering) -> list[Image]:
    events = [event async for event in answering.answer("?")]
    (looked,) = [event for event in events if isinstance(event, Looked)]
    assert looked.pictures, looked.verdict
    return [image for event in events if isinstance(event, Sent) for image in event.images]


def _row(k: int, way: Way, cost: Cost) -> list[object]:
    return [k, way, len(cost.images), cost.tiles, cost.patches, round(cost.size / 1000), cost.milliseconds]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        coco = TEST_DATA / "data" / "coco128"
        source = coco if coco.is_dir() else Path(folder) / "pictures"
        if source is not coco:
            say("COCO128 is not here: photographs are made up")
            source.mkdir()
            photographs(source, 64)
        services = Services(Settings.load(data_dir=Path(folder) / "data", model_id="starter", elasticsearch_url=""))
        *_, _ = services.ingest([source])
        rows: list[Sequence[object]] = []
        costs = {(k, way): Cost(services, k, way) for k in COUNTS for way in WAYS}
        for _ in range(asked.rounds):
            for one in costs.values():
                one.measure()
        rows = [_row(k, way, one) for (k, way), one in costs.items()]
    columns = ("pictures", "as", "images", "tokens, 512 px squares", "tokens, 28 px squares", "kB", "ms")
    targets = [
        Target(f"tokens of {k} on a sheet", costs[k, "sheet"].tiles / costs[k, "single"].tiles, CHEAPER, True, "×")
        for k in (8, 36)
    ]
    show("An answer with pictures on one sheet, and one by one", columns, rows, targets)


if __name__ == "__main__":
    main()
