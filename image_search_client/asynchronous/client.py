"""What programs and notebooks do most, each in one call."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, Unpack

import httpx

from image_search_client import schemas
from image_search_client.asynchronous.operations import AsyncOperations
from image_search_client.calls import Call, Connection
from image_search_client.errors import ImageSearchError
from image_search_client.files import Source, content, export_of, file_name, is_url, known_hash
from image_search_client.grid import thumbnails_of
from image_search_client.options import BEGINS, Analysis, SearchOptions
from image_search_client.results import Pictures, Results

type Format = Literal["csv", "json", "zip", "sheet", "pdf", "jpeg", "png"]

_ENDED = {"done", "cancelled", "failed"}
_NEEDS_SOMEBODY = {"planned", "paused", "interrupted"}
_FIRST_LOOK = 0.05  # seconds
_AT_ONCE = 500  # pictures that are asked about


class AsyncClient:
    """An app to search with.

    `api` has a method for each operation of its API; the others here are for what is done most.

    Args:
        url: Of its page.
        token: What it lets programs in with, where people sign in.
        collection: The one that is meant where a call names none; empty: the first one.
        timeout: Seconds until an answer must begin, and that may pass between its parts.
        retries: How often a request is sent again that changes nothing, if it is not answered.
        transport: What httpx sends with, if not its own.

    Raises:
        ImageSearchError: the URL is none.
    """

    def __init__(
        self,
        url: str = "http://localhost:8501",
        *,
        token: str | None = None,
        collection: str = "",
        timeout: float = 60.0,
        retries: int = 2,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        connection = Connection(url, token, collection, timeout, retries)
        self.api = AsyncOperations(connection, transport)
        self._thumbnails = thumbnails_of(connection, transport)

    async def aclose(self) -> None:
        """Close the connections."""
        await self.api.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def ready(self, *, within: float = 600.0, every: float = 0.5) -> Self:
        """Wait until the app answers searches: for the first time it may have weights to fetch.

        Args:
            within: Seconds.

        Raises:
            ImageSearchError: it does not yet.
        """
        for _ in range(max(1, round(within / every))):
            try:
                state = await self.api.get_readyz()
            except ImageSearchError as error:
                if error.status is not None:  # it answers, but not this
                    raise
                missing = error.message
            else:
                if state["status"] == "ready":
                    return self
                missing = " ".join(f"{name}: {said}" for name, said in state["checks"].items() if said != "ready")
            await asyncio.sleep(every)
        raise ImageSearchError(f"The app is not ready. {missing}", "Wait, or look at what it says.")

    async def search(
        self,
        text: str = "",
        *,
        image: Source | None = None,
        images: Sequence[Source] = (),
        **options: Unpack[SearchOptions],
    ) -> Results:
        """The pictures nearest to words, to a picture, or to both.

        Args:
            text: Words and conditions, as typed on the page.
            image: A picture to search with.
            images: Several of them.
            options: `k`, and others as the API has them.
        """
        parts = await self._parts(image, images, options.get("collection"))
        return Results(await self.api.post_search(text=text, images=parts, **options), self._thumbnails)

    async def pictures(self, ids: Sequence[str], *, collection: str | None = None) -> Pictures[schemas.Picture]:
        """What is known of these pictures, in this order; those that are not in the index are left out."""
        found: list[schemas.Picture] = []
        for start in range(0, len(ids), _AT_ONCE):
            some = list(ids[start : start + _AT_ONCE])
            found += (await self.api.post_pictures(ids=some, collection=collection))["pictures"]
        return Pictures(found, self._thumbnails)

    async def index(
        self,
        *locations: str | PathLike[str],
        title: str | None = None,
        told: Callable[[str], object] | None = None,
        collection: str | None = None,
    ) -> schemas.Job:
        """Index folders, pictures, ZIP files and URLs that the app may read, and wait until it is done.

        Args:
            told: Is given what the job is doing, whenever that changes: `print`.
        """
        listed = [str(one) for one in locations]
        started = await self.api.post_ingest(locations=listed, title=title, collection=collection)
        return await self.wait(started["job"], told=told, collection=collection)

    async def upload(
        self,
        *files: Source,
        title: str | None = None,
        told: Callable[[str], object] | None = None,
        collection: str | None = None,
    ) -> schemas.Job:
        """Send pictures and ZIP files to the app, which indexes them, and wait until it is done."""
        ids = []
        for file in files:
            name, data = content(file)
            ids.append((await self.api.post_uploads(data, name=name, collection=collection))["id"])
        started = await self.api.post_uploads_done(ids=ids, title=title, collection=collection)
        return await self.wait(started["job"], told=told, collection=collection)

    async def follow(
        self, job: int, *, every: float = 0.5, collection: str | None = None
    ) -> AsyncIterator[schemas.Job]:
        """A job as it goes on, until it has ended or waits for somebody.

        Args:
            every: Seconds between two looks, at most: the first come sooner.
        """
        pause = _FIRST_LOOK
        while True:
            state = await self.api.get_jobs_id(job, collection=collection)
            yield state
            if state["status"] in _ENDED | _NEEDS_SOMEBODY:
                return
            await asyncio.sleep(min(pause, every))
            pause *= 2

    async def wait(
        self,
        job: int,
        *,
        told: Callable[[str], object] | None = None,
        every: float = 0.5,
        collection: str | None = None,
    ) -> schemas.Job:
        """Wait until a job is done.

        Args:
            told: Is given what it is doing, whenever that changes: `print`.

        Raises:
            ImageSearchError: it has failed, was cancelled, or waits for somebody.
        """
        before = ""
        async for state in self.follow(job, every=every, collection=collection):
            if told and state["told"] != before:
                before = state["told"]
                told(before)
        if state["status"] != "done":
            message = state["error"] or f"This job is {state['status']}."
            raise ImageSearchError(message, state["remedy"] or "Look at it on the page Ingest.")
        return state

    async def analyse(
        self,
        what: Analysis,
        *,
        told: Callable[[str], object] | None = None,
        collection: str | None = None,
    ) -> schemas.Job:
        """Have something found out about the collection as a whole, and wait until it is; `api` has what was found."""
        started: schemas.Started = await getattr(self.api, BEGINS[what])(collection=collection)
        return await self.wait(started["job"], told=told, collection=collection)

    async def check(
        self, *files: Source, threshold: float | None = None, collection: str | None = None
    ) -> list[schemas.CheckedReply]:
        """Whether pictures, or those in ZIP files, are in the collection. Nothing is indexed."""
        ids = []
        for file in files:
            name, data = content(file)
            ids.append((await self.api.post_check_files(data, name=name, collection=collection))["id"])
        found: list[schemas.CheckedReply] = []
        async for line in self.api.post_check(ids=ids, threshold=threshold, collection=collection):
            found += line["checked"]
        return found

    async def tag(
        self, ids: Sequence[str], *, add: Sequence[str] = (), remove: Sequence[str] = (), collection: str | None = None
    ) -> schemas.Changed:
        """Give pictures tags, and take others away."""
        tags = {"add": list(add), "remove": list(remove)}
        return await self.api.post_tags(ids=list(ids), **tags, collection=collection)

    async def export(
        self,
        to: str | PathLike[str],
        format: Format = "csv",
        *,
        text: str = "",
        image: Source | None = None,
        ids: Sequence[str] | None = None,
        limit: int | None = None,
        collection: str | None = None,
    ) -> Path:
        """Write what a search finds, or these pictures, to a file; returns its path.

        Args:
            to: The file, or a folder: there it gets the name that the app gives it.
            format: `zip` has the files themselves, `sheet` is a contact sheet.
        """
        made = await self.api.post_exports(
            format=format,
            text=text,
            images=await self._parts(image, (), collection),
            ids=None if ids is None else list(ids),
            limit=limit,
            collection=collection,
        )
        token, name = export_of(made["url"])
        target = Path(to) / file_name(name) if Path(to).is_dir() else Path(to)
        path, values = "/api/v1/exports/{token}/{name}", {"token": token, "name": name}
        return await self.api.save(Call("GET", path, values, {"collection": collection}, repeatable=True), target)

    async def _parts(
        self, image: Source | None, images: Sequence[Source], collection: str | None
    ) -> list[schemas.ImagePart]:
        """Pictures as a search takes them; those that the app does not have are sent first."""
        listed = [*([] if image is None else [image]), *images]
        return [{"image": await self._hash(one, collection)} for one in listed]

    async def _hash(self, image: Source, collection: str | None) -> str:
        if known := known_hash(image):
            return known
        if is_url(image):
            return (await self.api.post_queries_located(location=str(image), collection=collection))["id"]
        name, data = content(image)
        return (await self.api.post_queries(data, name=name, collection=collection))["id"]
