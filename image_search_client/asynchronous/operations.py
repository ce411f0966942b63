"""A method for each operation: written by `python -m tests.client.generating` from the description of the API."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal, cast

from image_search_client import schemas
from image_search_client.asynchronous.transport import AsyncTransport
from image_search_client.calls import Call


class AsyncOperations(AsyncTransport):
    """The operations of the API by their names in its description, with their parameters.

    What is None is not sent: the app takes its default.
    """

    async def get_search(
        self,
        *,
        q: str | None = None,
        image: list[str] | None = None,
        more: list[str] | None = None,
        less: list[str] | None = None,
        sort: str | None = None,
        collapse: str | None = None,
        duplicate_threshold: str | None = None,
        diversity: str | None = None,
        min_match: str | None = None,
        label: list[str] | None = None,
        k: int | Literal["all"] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        collection: str | None = None,
    ) -> schemas.SearchAnswer:
        """Search with the parameters of the page's URL.

        What follows `?` in the URL of a search on the page can be used as it is.
        """
        call = Call(
            "GET",
            "/api/v1/search",
            params={
                "q": q,
                "image": image,
                "more": more,
                "less": less,
                "sort": sort,
                "collapse": collapse,
                "duplicate_threshold": duplicate_threshold,
                "diversity": diversity,
                "min_match": min_match,
                "label": label,
                "k": k,
                "limit": limit,
                "offset": offset,
                "collection": collection,
            },
            repeatable=True,
        )
        return cast("schemas.SearchAnswer", await self.read_json(call))

    async def post_search(
        self,
        *,
        text: str | None = None,
        images: list[schemas.ImagePart] | None = None,
        more: list[str] | None = None,
        less: list[str] | None = None,
        collapse: schemas.Collapse | None = None,
        duplicate_threshold: float | None = None,
        diversity: float | None = None,
        min_match: schemas.MinMatch | None = None,
        sort: schemas.Sort | None = None,
        k: int | Literal["all"] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        collection: str | None = None,
    ) -> schemas.SearchAnswer:
        """Search.

        `k` is how many of the nearest are results at all; `offset` and `limit` choose a page of these.
        """
        call = Call(
            "POST",
            "/api/v1/search",
            params={"collection": collection},
            body={
                "text": text,
                "images": images,
                "more": more,
                "less": less,
                "collapse": collapse,
                "duplicate_threshold": duplicate_threshold,
                "diversity": diversity,
                "min_match": min_match,
                "sort": sort,
                "k": k,
                "offset": offset,
                "limit": limit,
            },
            repeatable=True,
        )
        return cast("schemas.SearchAnswer", await self.read_json(call))

    async def post_context(
        self,
        *,
        text: str,
        k: int | None = None,
        first: int | None = None,
        side: int | None = None,
        names: bool | None = None,
        places: bool | None = None,
        collection: str | None = None,
    ) -> schemas.ContextReply:
        """Get numbered pictures for a prompt.

        A citation such as `[3]` in what a model then answers is the picture of that number.
        """
        call = Call(
            "POST",
            "/api/v1/context",
            params={"collection": collection},
            body={"text": text, "k": k, "first": first, "side": side, "names": names, "places": places},
            repeatable=True,
        )
        return cast("schemas.ContextReply", await self.read_json(call))

    async def post_ask(
        self,
        *,
        question: str,
        turns: list[schemas.AskedBefore] | None = None,
        pictures: list[schemas.PictureOfBefore] | None = None,
        k: int | None = None,
        handed: Literal["sheet", "single"] | None = None,
        side: int | None = None,
        names: bool | None = None,
        places: bool | None = None,
        collection: str | None = None,
    ) -> AsyncIterator[schemas.AskLine]:
        """Ask a model about pictures.

        The model that the app's settings name searches, is handed the pictures on numbered sheets, and
        answers. A citation such as `[3]` is the picture of that number. Nothing is sent anywhere unless an
        endpoint is set.
        """
        call = Call(
            "POST",
            "/api/v1/ask",
            params={"collection": collection},
            body={
                "question": question,
                "turns": turns,
                "pictures": pictures,
                "k": k,
                "handed": handed,
                "side": side,
                "names": names,
                "places": places,
            },
        )
        async for value in self.read_lines(call):
            yield cast("schemas.AskLine", value)

    async def post_explain(
        self,
        *,
        image: str,
        text: str | None = None,
        images: list[schemas.ImagePart] | None = None,
        more: list[str] | None = None,
        less: list[str] | None = None,
        collapse: schemas.Collapse | None = None,
        duplicate_threshold: float | None = None,
        diversity: float | None = None,
        min_match: schemas.MinMatch | None = None,
        sort: schemas.Sort | None = None,
        k: int | Literal["all"] | None = None,
        collection: str | None = None,
    ) -> schemas.Concepts:
        """Explain why a picture matches a search."""
        call = Call(
            "POST",
            "/api/v1/explain",
            params={"collection": collection},
            body={
                "image": image,
                "text": text,
                "images": images,
                "more": more,
                "less": less,
                "collapse": collapse,
                "duplicate_threshold": duplicate_threshold,
                "diversity": diversity,
                "min_match": min_match,
                "sort": sort,
                "k": k,
            },
            repeatable=True,
        )
        return cast("schemas.Concepts", await self.read_json(call))

    async def post_heatmap(
        self,
        *,
        image: str,
        text: str | None = None,
        images: list[schemas.ImagePart] | None = None,
        more: list[str] | None = None,
        less: list[str] | None = None,
        collapse: schemas.Collapse | None = None,
        duplicate_threshold: float | None = None,
        diversity: float | None = None,
        min_match: schemas.MinMatch | None = None,
        sort: schemas.Sort | None = None,
        k: int | Literal["all"] | None = None,
        collection: str | None = None,
    ) -> AsyncIterator[schemas.Progress | schemas.HeatMap]:
        """Show which parts of a picture match a search.

        Lines of JSON: the progress, and finally the map; or an error, if something goes wrong on the way.
        """
        call = Call(
            "POST",
            "/api/v1/heatmap",
            params={"collection": collection},
            body={
                "image": image,
                "text": text,
                "images": images,
                "more": more,
                "less": less,
                "collapse": collapse,
                "duplicate_threshold": duplicate_threshold,
                "diversity": diversity,
                "min_match": min_match,
                "sort": sort,
                "k": k,
            },
            repeatable=True,
        )
        async for value in self.read_lines(call):
            yield cast("schemas.Progress | schemas.HeatMap", value)

    async def post_exports(
        self,
        *,
        format: Literal["csv", "json", "zip", "sheet", "pdf", "jpeg", "png"],
        text: str | None = None,
        images: list[schemas.ImagePart] | None = None,
        more: list[str] | None = None,
        less: list[str] | None = None,
        collapse: schemas.Collapse | None = None,
        duplicate_threshold: float | None = None,
        diversity: float | None = None,
        min_match: schemas.MinMatch | None = None,
        sort: schemas.Sort | None = None,
        k: int | Literal["all"] | None = None,
        ids: list[str] | None = None,
        limit: int | None = None,
        collection: str | None = None,
    ) -> schemas.Prepared:
        """Prepare an export.

        Returns the URL of a download, which can be fetched for ten minutes.
        """
        call = Call(
            "POST",
            "/api/v1/exports",
            params={"collection": collection},
            body={
                "format": format,
                "text": text,
                "images": images,
                "more": more,
                "less": less,
                "collapse": collapse,
                "duplicate_threshold": duplicate_threshold,
                "diversity": diversity,
                "min_match": min_match,
                "sort": sort,
                "k": k,
                "ids": ids,
                "limit": limit,
            },
        )
        return cast("schemas.Prepared", await self.read_json(call))

    async def get_exports_token_name(self, token: str, name: str, *, collection: str | None = None) -> bytes:
        """Download an export."""
        call = Call(
            "GET",
            "/api/v1/exports/{token}/{name}",
            values={"token": token, "name": name},
            params={"collection": collection},
            repeatable=True,
        )
        return await self.read(call)

    async def post_pictures(self, *, ids: list[str], collection: str | None = None) -> schemas.Pictures:
        """Get what is known of pictures, with their boxes.

        In the order that was asked for; those that are not in the index are left out.
        """
        call = Call("POST", "/api/v1/pictures", params={"collection": collection}, body={"ids": ids}, repeatable=True)
        return cast("schemas.Pictures", await self.read_json(call))

    async def get_thumbnails_content_hash(self, content_hash: str, *, collection: str | None = None) -> bytes:
        """Get a thumbnail.

        Made at ingest; made here for dropped pictures, and where the folder of thumbnails was emptied.
        """
        call = Call(
            "GET",
            "/api/v1/thumbnails/{content_hash}",
            values={"content_hash": content_hash},
            params={"collection": collection},
            repeatable=True,
        )
        return await self.read(call)

    async def get_images_content_hash(self, content_hash: str, *, collection: str | None = None) -> bytes:
        """Get a preview.

        As WebP: browsers cannot show every format, nor need every pixel.
        """
        call = Call(
            "GET",
            "/api/v1/images/{content_hash}",
            values={"content_hash": content_hash},
            params={"collection": collection},
            repeatable=True,
        )
        return await self.read(call)

    async def get_boxes_id(self, id: str, *, collection: str | None = None) -> bytes:
        """Get a preview with the labelled boxes.

        The large view of a record with what the labels of its dataset say is where.
        """
        call = Call("GET", "/api/v1/boxes/{id}", values={"id": id}, params={"collection": collection}, repeatable=True)
        return await self.read(call)

    async def post_queries(
        self, content: bytes | Path, *, name: str | None = None, collection: str | None = None
    ) -> schemas.Received:
        """Upload a picture to search with."""
        call = Call(
            "POST", "/api/v1/queries", params={"name": name, "collection": collection}, content=content, repeatable=True
        )
        return cast("schemas.Received", await self.read_json(call))

    async def post_queries_located(self, *, location: str, collection: str | None = None) -> schemas.Received:
        """Take a picture to search with from its path or URL.

        It is not sent, but read from where it is: for an admin, unless it is in the index.
        """
        call = Call(
            "POST",
            "/api/v1/queries/located",
            params={"collection": collection},
            body={"location": location},
            repeatable=True,
        )
        return cast("schemas.Received", await self.read_json(call))

    async def post_uploads(
        self, content: bytes | Path, *, name: str | None = None, collection: str | None = None
    ) -> schemas.Received:
        """Upload a picture or ZIP file to index."""
        call = Call(
            "POST", "/api/v1/uploads", params={"name": name, "collection": collection}, content=content, repeatable=True
        )
        return cast("schemas.Received", await self.read_json(call))

    async def post_uploads_done(
        self, *, ids: list[str], title: str | None = None, paths: list[str] | None = None, collection: str | None = None
    ) -> schemas.Started:
        """Index uploaded files.

        They are indexed in the background, whether or not their sender waits for it.
        """
        call = Call(
            "POST",
            "/api/v1/uploads/done",
            params={"collection": collection},
            body={"ids": ids, "title": title, "paths": paths},
        )
        return cast("schemas.Started", await self.read_json(call))

    async def post_ingest(
        self,
        *,
        locations: list[str],
        title: str | None = None,
        start: bool | None = None,
        prune: bool | None = None,
        collection: str | None = None,
    ) -> schemas.Started:
        """Index folders, pictures and URLs."""
        call = Call(
            "POST",
            "/api/v1/ingest",
            params={"collection": collection},
            body={"locations": locations, "title": title, "start": start, "prune": prune},
        )
        return cast("schemas.Started", await self.read_json(call))

    async def get_jobs(self, *, collection: str | None = None) -> list[schemas.Job]:
        """List the jobs, newest first."""
        call = Call("GET", "/api/v1/jobs", params={"collection": collection}, repeatable=True)
        return cast("list[schemas.Job]", await self.read_json(call))

    async def get_jobs_id(self, id: int, *, collection: str | None = None) -> schemas.Job:
        """Show a job."""
        call = Call("GET", "/api/v1/jobs/{id}", values={"id": id}, params={"collection": collection}, repeatable=True)
        return cast("schemas.Job", await self.read_json(call))

    async def post_jobs_id_start(self, id: int, *, collection: str | None = None) -> schemas.Job:
        """Do what was planned."""
        call = Call("POST", "/api/v1/jobs/{id}/start", values={"id": id}, params={"collection": collection})
        return cast("schemas.Job", await self.read_json(call))

    async def post_jobs_id_pause(self, id: int, *, collection: str | None = None) -> schemas.Job:
        """Pause a job."""
        call = Call("POST", "/api/v1/jobs/{id}/pause", values={"id": id}, params={"collection": collection})
        return cast("schemas.Job", await self.read_json(call))

    async def post_jobs_id_resume(self, id: int, *, collection: str | None = None) -> schemas.Job:
        """Resume a job."""
        call = Call("POST", "/api/v1/jobs/{id}/resume", values={"id": id}, params={"collection": collection})
        return cast("schemas.Job", await self.read_json(call))

    async def post_jobs_id_cancel(self, id: int, *, collection: str | None = None) -> schemas.Job:
        """Cancel a job."""
        call = Call("POST", "/api/v1/jobs/{id}/cancel", values={"id": id}, params={"collection": collection})
        return cast("schemas.Job", await self.read_json(call))

    async def post_tags(
        self,
        *,
        ids: list[str],
        add: list[str] | None = None,
        remove: list[str] | None = None,
        collection: str | None = None,
    ) -> schemas.Changed:
        """Add or remove tags."""
        call = Call(
            "POST",
            "/api/v1/tags",
            params={"collection": collection},
            body={"ids": ids, "add": add, "remove": remove},
            repeatable=True,
        )
        return cast("schemas.Changed", await self.read_json(call))

    async def get_saved(self, *, collection: str | None = None) -> list[schemas.Saved]:
        """List the saved searches, by name."""
        call = Call("GET", "/api/v1/saved", params={"collection": collection}, repeatable=True)
        return cast("list[schemas.Saved]", await self.read_json(call))

    async def post_saved(self, *, name: str, query_string: str, collection: str | None = None) -> schemas.Saved:
        """Save a search."""
        call = Call(
            "POST",
            "/api/v1/saved",
            params={"collection": collection},
            body={"name": name, "query_string": query_string},
        )
        return cast("schemas.Saved", await self.read_json(call))

    async def delete_saved_id(self, id: int, *, collection: str | None = None) -> None:
        """Delete a saved search."""
        call = Call("DELETE", "/api/v1/saved/{id}", values={"id": id}, params={"collection": collection})
        await self.read(call)

    async def get_index(self, *, collection: str | None = None) -> schemas.IndexStatus:
        """See how the index is doing.

        Answers, too, where the index does not: `health` is `unreachable` then.
        """
        call = Call("GET", "/api/v1/index", params={"collection": collection}, repeatable=True)
        return cast("schemas.IndexStatus", await self.read_json(call))

    async def get_recall(
        self,
        *,
        q: str | None = None,
        image: list[str] | None = None,
        k: int | None = None,
        sample: int | None = None,
        collection: str | None = None,
    ) -> schemas.Recall:
        """Measure how many of the nearest a search finds.

        As with POST, for one search or a sample.
        """
        call = Call(
            "GET",
            "/api/v1/recall",
            params={"q": q, "image": image, "k": k, "sample": sample, "collection": collection},
            repeatable=True,
        )
        return cast("schemas.Recall", await self.read_json(call))

    async def post_recall(
        self,
        *,
        texts: list[str] | None = None,
        images: list[str] | None = None,
        vectors: list[list[float]] | None = None,
        where: str | None = None,
        k: int | None = None,
        sample: int | None = None,
        collection: str | None = None,
    ) -> schemas.Recall:
        """Measure how many of the nearest searches find.

        Compares each picture with each query, and searches for it with each effort, for half a minute at
        most.
        """
        call = Call(
            "POST",
            "/api/v1/recall",
            params={"collection": collection},
            body={"texts": texts, "images": images, "vectors": vectors, "where": where, "k": k, "sample": sample},
            repeatable=True,
        )
        return cast("schemas.Recall", await self.read_json(call))

    async def get_models(self, *, collection: str | None = None) -> list[schemas.ModelOffer]:
        """List the models, and which can be had here.

        Which of them can be had is found out within seconds.
        """
        call = Call("GET", "/api/v1/models", params={"collection": collection}, repeatable=True)
        return cast("list[schemas.ModelOffer]", await self.read_json(call))

    async def get_quality(
        self, *, worst: int | None = None, flag: str | None = None, collection: str | None = None
    ) -> schemas.Quality:
        """Show pictures that are blurred, dark or nearly blank.

        What was found so far. `flag` names the one to tell of.
        """
        call = Call(
            "GET", "/api/v1/quality", params={"worst": worst, "flag": flag, "collection": collection}, repeatable=True
        )
        return cast("schemas.Quality", await self.read_json(call))

    async def post_quality(self, *, collection: str | None = None) -> schemas.Started:
        """Check the quality of new pictures.

        Checks what is new, in the background.
        """
        call = Call("POST", "/api/v1/quality", params={"collection": collection})
        return cast("schemas.Started", await self.read_json(call))

    async def get_classes(self, *, collection: str | None = None) -> schemas.Lists:
        """List the class lists, by name."""
        call = Call("GET", "/api/v1/classes", params={"collection": collection}, repeatable=True)
        return cast("schemas.Lists", await self.read_json(call))

    async def post_classes(
        self,
        *,
        name: str,
        classes: list[schemas.ClassBody],
        exclusive: bool | None = None,
        collection: str | None = None,
    ) -> schemas.ListReply:
        """Make a class list.

        The pictures are scored in the background; they get the classes when the list is applied.
        """
        call = Call(
            "POST",
            "/api/v1/classes",
            params={"collection": collection},
            body={"name": name, "classes": classes, "exclusive": exclusive},
        )
        return cast("schemas.ListReply", await self.read_json(call))

    async def post_classes_score(self, *, collection: str | None = None) -> schemas.Started:
        """Score pictures for the class lists.

        Score what is not scored yet, in the background.
        """
        call = Call("POST", "/api/v1/classes/score", params={"collection": collection})
        return cast("schemas.Started", await self.read_json(call))

    async def get_classes_id(self, id: int, *, collection: str | None = None) -> schemas.ListReply:
        """Show a class list."""
        call = Call(
            "GET", "/api/v1/classes/{id}", values={"id": id}, params={"collection": collection}, repeatable=True
        )
        return cast("schemas.ListReply", await self.read_json(call))

    async def patch_classes_id(
        self,
        id: int,
        *,
        name: str | None = None,
        classes: list[schemas.ClassBody] | None = None,
        exclusive: bool | None = None,
        thresholds: dict[str, float | None] | None = None,
        collection: str | None = None,
    ) -> schemas.ListReply:
        """Change a class list."""
        call = Call(
            "PATCH",
            "/api/v1/classes/{id}",
            values={"id": id},
            params={"collection": collection},
            body={"name": name, "classes": classes, "exclusive": exclusive, "thresholds": thresholds},
        )
        return cast("schemas.ListReply", await self.read_json(call))

    async def delete_classes_id(self, id: int, *, collection: str | None = None) -> None:
        """Delete a class list."""
        call = Call("DELETE", "/api/v1/classes/{id}", values={"id": id}, params={"collection": collection})
        await self.read(call)

    async def get_classes_id_pictures(
        self,
        id: int,
        *,
        name: str,
        order: schemas.Order | None = None,
        offset: int | None = None,
        limit: int | None = None,
        collection: str | None = None,
    ) -> schemas.ClassPictures:
        """List the pictures that a class may fit.

        `doubtful`: those nearest to the line first. `sample`: those of the class, by chance, to be checked.
        """
        call = Call(
            "GET",
            "/api/v1/classes/{id}/pictures",
            values={"id": id},
            params={"name": name, "order": order, "offset": offset, "limit": limit, "collection": collection},
            repeatable=True,
        )
        return cast("schemas.ClassPictures", await self.read_json(call))

    async def post_classes_id_decisions(
        self,
        id: int,
        *,
        name: str,
        right: list[str] | None = None,
        wrong: list[str] | None = None,
        clear: list[str] | None = None,
        collection: str | None = None,
    ) -> schemas.ClassReply:
        """Say which pictures are of a class."""
        call = Call(
            "POST",
            "/api/v1/classes/{id}/decisions",
            values={"id": id},
            params={"collection": collection},
            body={"name": name, "right": right, "wrong": wrong, "clear": clear},
        )
        return cast("schemas.ClassReply", await self.read_json(call))

    async def post_classes_id_apply(
        self, id: int, *, tags: bool | None = None, collection: str | None = None
    ) -> schemas.Started:
        """Give pictures the classes of a list.

        In the background; what comes in later gets them, too.
        """
        call = Call(
            "POST",
            "/api/v1/classes/{id}/apply",
            values={"id": id},
            params={"collection": collection},
            body={"tags": tags},
        )
        return cast("schemas.Started", await self.read_json(call))

    async def post_classes_id_withdraw(self, id: int, *, collection: str | None = None) -> schemas.Started:
        """Take the classes of a list back.

        In the background. Tags stay.
        """
        call = Call("POST", "/api/v1/classes/{id}/withdraw", values={"id": id}, params={"collection": collection})
        return cast("schemas.Started", await self.read_json(call))

    async def get_labels_check(self, *, collection: str | None = None) -> schemas.LabelHealth:
        """See how good the labels are."""
        call = Call("GET", "/api/v1/labels/check", params={"collection": collection}, repeatable=True)
        return cast("schemas.LabelHealth", await self.read_json(call))

    async def post_labels_check(self, *, again: bool | None = None, collection: str | None = None) -> schemas.Started:
        """Check the labels.

        In the background. A search for duplicates begins too if there was none: leakage is told by them.
        """
        call = Call("POST", "/api/v1/labels/check", params={"collection": collection}, body={"again": again})
        return cast("schemas.Started", await self.read_json(call))

    async def get_labels_suspicious(
        self,
        *,
        kind: Literal["given", "missing"] | None = None,
        label: str | None = None,
        open: bool | None = None,
        offset: int | None = None,
        limit: int | None = None,
        collection: str | None = None,
    ) -> schemas.SuspectsReply:
        """List labels that may be wrong or missing.

        With `open`, without those that something was said of.
        """
        call = Call(
            "GET",
            "/api/v1/labels/suspicious",
            params={
                "kind": kind,
                "label": label,
                "open": open,
                "offset": offset,
                "limit": limit,
                "collection": collection,
            },
            repeatable=True,
        )
        return cast("schemas.SuspectsReply", await self.read_json(call))

    async def post_labels_decisions(
        self, *, decisions: list[schemas.DecisionBody], collection: str | None = None
    ) -> schemas.Kept:
        """Say which labels are right."""
        call = Call(
            "POST", "/api/v1/labels/decisions", params={"collection": collection}, body={"decisions": decisions}
        )
        return cast("schemas.Kept", await self.read_json(call))

    async def get_labels_decisions_csv(self, *, collection: str | None = None) -> bytes:
        """Download what was said of labels."""
        call = Call("GET", "/api/v1/labels/decisions.csv", params={"collection": collection}, repeatable=True)
        return await self.read(call)

    async def get_labels_corrected_json(self, *, collection: str | None = None) -> bytes:
        """Download the corrected labels.

        In COCO's format, with the decisions carried out. No file of the dataset is changed.
        """
        call = Call("GET", "/api/v1/labels/corrected.json", params={"collection": collection}, repeatable=True)
        return await self.read(call)

    async def get_labels_leakage(
        self,
        *,
        level: Literal["", "listed", "bytes", "picture", "alike"] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        collection: str | None = None,
    ) -> schemas.Leaks:
        """List pictures that are in two splits.

        Without a level, of all but look-alikes.
        """
        call = Call(
            "GET",
            "/api/v1/labels/leakage",
            params={"level": level, "offset": offset, "limit": limit, "collection": collection},
            repeatable=True,
        )
        return cast("schemas.Leaks", await self.read_json(call))

    async def get_labels_leakage_csv(self, *, collection: str | None = None) -> bytes:
        """Download the pairs across splits."""
        call = Call("GET", "/api/v1/labels/leakage.csv", params={"collection": collection}, repeatable=True)
        return await self.read(call)

    async def get_labels_balance(self, *, collection: str | None = None) -> schemas.BalanceReply:
        """Count each label in each split."""
        call = Call("GET", "/api/v1/labels/balance", params={"collection": collection}, repeatable=True)
        return cast("schemas.BalanceReply", await self.read_json(call))

    async def get_labels_boxes(self, *, collection: str | None = None) -> schemas.BoxesReply:
        """Measure the boxes."""
        call = Call("GET", "/api/v1/labels/boxes", params={"collection": collection}, repeatable=True)
        return cast("schemas.BoxesReply", await self.read_json(call))

    async def get_labels_boxes_problems(
        self,
        *,
        kind: Literal["tiny", "twice", "contradicting", "cut", "whole"],
        offset: int | None = None,
        limit: int | None = None,
        collection: str | None = None,
    ) -> list[schemas.BoxProblemReply]:
        """List pictures with boxes that look like mistakes."""
        call = Call(
            "GET",
            "/api/v1/labels/boxes/problems",
            params={"kind": kind, "offset": offset, "limit": limit, "collection": collection},
            repeatable=True,
        )
        return cast("list[schemas.BoxProblemReply]", await self.read_json(call))

    async def get_labels_unlabelled(
        self, *, offset: int | None = None, limit: int | None = None, collection: str | None = None
    ) -> schemas.UnlabelledReply:
        """List pictures without labels that look like one."""
        call = Call(
            "GET",
            "/api/v1/labels/unlabelled",
            params={"offset": offset, "limit": limit, "collection": collection},
            repeatable=True,
        )
        return cast("schemas.UnlabelledReply", await self.read_json(call))

    async def post_picks(
        self,
        *,
        text: str | None = None,
        images: list[schemas.ImagePart] | None = None,
        more: list[str] | None = None,
        less: list[str] | None = None,
        collapse: schemas.Collapse | None = None,
        duplicate_threshold: float | None = None,
        diversity: float | None = None,
        min_match: schemas.MinMatch | None = None,
        sort: schemas.Sort | None = None,
        k: int | Literal["all"] | None = None,
        count: int | None = None,
        how: schemas.How | None = None,
        by: schemas.Kind | None = None,
        seed: int | None = None,
        preview: int | None = None,
        collection: str | None = None,
    ) -> schemas.PickReply:
        """Pick so many pictures.

        Changes nothing: what becomes of them is said with `/tags` or `/exports`.
        """
        call = Call(
            "POST",
            "/api/v1/picks",
            params={"collection": collection},
            body={
                "text": text,
                "images": images,
                "more": more,
                "less": less,
                "collapse": collapse,
                "duplicate_threshold": duplicate_threshold,
                "diversity": diversity,
                "min_match": min_match,
                "sort": sort,
                "k": k,
                "count": count,
                "how": how,
                "by": by,
                "seed": seed,
                "preview": preview,
            },
            repeatable=True,
        )
        return cast("schemas.PickReply", await self.read_json(call))

    async def get_duplicates(self, *, collection: str | None = None) -> schemas.SummaryReply:
        """See how many duplicates there are.

        Without a scan all is empty, and `state` is `never`.
        """
        call = Call("GET", "/api/v1/duplicates", params={"collection": collection}, repeatable=True)
        return cast("schemas.SummaryReply", await self.read_json(call))

    async def post_duplicates_scan(self, *, collection: str | None = None) -> schemas.Started:
        """Scan for duplicates.

        In the background: what was scanned before is not looked at again.
        """
        call = Call("POST", "/api/v1/duplicates/scan", params={"collection": collection})
        return cast("schemas.Started", await self.read_json(call))

    async def get_duplicates_groups(
        self,
        *,
        level: Literal["same-bytes", "same-picture", "look-alike"] | None = None,
        threshold: float | None = None,
        offset: int | None = None,
        limit: int | None = None,
        standing: Literal["open", "decided", "all"] | None = None,
        reasons: str | None = None,
        better: list[str] | None = None,
        within: str | None = None,
        against: str | None = None,
        collection: str | None = None,
    ) -> schemas.GroupsReply:
        """List groups of duplicates.

        `reasons` are names with commas between them; `better` are folders, the best first.
        """
        call = Call(
            "GET",
            "/api/v1/duplicates/groups",
            params={
                "level": level,
                "threshold": threshold,
                "offset": offset,
                "limit": limit,
                "standing": standing,
                "reasons": reasons,
                "better": better,
                "within": within,
                "against": against,
                "collection": collection,
            },
            repeatable=True,
        )
        return cast("schemas.GroupsReply", await self.read_json(call))

    async def get_duplicates_groups_key(
        self,
        key: str,
        *,
        level: Literal["same-bytes", "same-picture", "look-alike"] | None = None,
        threshold: float | None = None,
        reasons: str | None = None,
        better: list[str] | None = None,
        collection: str | None = None,
    ) -> schemas.GroupReply:
        """Show a group."""
        call = Call(
            "GET",
            "/api/v1/duplicates/groups/{key}",
            values={"key": key},
            params={
                "level": level,
                "threshold": threshold,
                "reasons": reasons,
                "better": better,
                "collection": collection,
            },
            repeatable=True,
        )
        return cast("schemas.GroupReply", await self.read_json(call))

    async def get_duplicates_pair(
        self, *, first: str, second: str, collection: str | None = None
    ) -> schemas.AlignmentReply:
        """See where one picture is within another.

        By the ids of any two records.
        """
        call = Call(
            "GET",
            "/api/v1/duplicates/pair",
            params={"first": first, "second": second, "collection": collection},
            repeatable=True,
        )
        return cast("schemas.AlignmentReply", await self.read_json(call))

    async def post_duplicates_decisions(
        self,
        *,
        keep: list[str] | None = None,
        set_aside: list[str] | None = None,
        clear: list[str] | None = None,
        distinct: list[list[str]] | None = None,
        merge: bool | None = None,
        collection: str | None = None,
    ) -> schemas.ActionReply:
        """Decide what to keep.

        No file is touched; what is set aside leaves the results of searches.
        """
        call = Call(
            "POST",
            "/api/v1/duplicates/decisions",
            params={"collection": collection},
            body={"keep": keep, "set_aside": set_aside, "clear": clear, "distinct": distinct, "merge": merge},
        )
        return cast("schemas.ActionReply", await self.read_json(call))

    async def post_duplicates_decisions_all(
        self,
        *,
        level: Literal["same-bytes", "same-picture", "look-alike"],
        threshold: float | None = None,
        reasons: list[Literal["resolution", "quality", "labelled", "tagged", "folder", "oldest"]] | None = None,
        folders: list[str] | None = None,
        within: str | None = None,
        against: str | None = None,
        merge: bool | None = None,
        collection: str | None = None,
    ) -> schemas.ActionReply:
        """Decide about all groups of a level.

        In every group about which nothing was decided: keeps the suggested picture, sets aside the rest.
        """
        call = Call(
            "POST",
            "/api/v1/duplicates/decisions/all",
            params={"collection": collection},
            body={
                "level": level,
                "threshold": threshold,
                "reasons": reasons,
                "folders": folders,
                "within": within,
                "against": against,
                "merge": merge,
            },
        )
        return cast("schemas.ActionReply", await self.read_json(call))

    async def post_duplicates_undo(
        self, *, action: int | None = None, collection: str | None = None
    ) -> schemas.ActionReply:
        """Take a decision back."""
        call = Call("POST", "/api/v1/duplicates/undo", params={"collection": collection}, body={"action": action})
        return cast("schemas.ActionReply", await self.read_json(call))

    async def get_duplicates_actions(
        self, *, limit: int | None = None, collection: str | None = None
    ) -> list[schemas.ActionReply]:
        """List what was decided, newest first."""
        call = Call(
            "GET", "/api/v1/duplicates/actions", params={"limit": limit, "collection": collection}, repeatable=True
        )
        return cast("list[schemas.ActionReply]", await self.read_json(call))

    async def get_duplicates_export(
        self,
        *,
        format: Literal["csv", "move", "remove"] | None = None,
        target: str | None = None,
        collection: str | None = None,
    ) -> bytes:
        """Export what was set aside.

        A table, or a shell script that moves (`target`: where to) or removes the files. The app runs none.
        """
        call = Call(
            "GET",
            "/api/v1/duplicates/export",
            params={"format": format, "target": target, "collection": collection},
            repeatable=True,
        )
        return await self.read(call)

    async def post_check(
        self,
        *,
        ids: list[str] | None = None,
        locations: list[str] | None = None,
        threshold: float | None = None,
        collection: str | None = None,
    ) -> AsyncIterator[schemas.CheckReply]:
        """Check whether pictures are in the collection.

        Lines of JSON: what was found as it is found, and finally the counts; or an error, if something goes
        wrong on the way. Nothing is added to the index.
        """
        call = Call(
            "POST",
            "/api/v1/check",
            params={"collection": collection},
            body={"ids": ids, "locations": locations, "threshold": threshold},
        )
        async for value in self.read_lines(call):
            yield cast("schemas.CheckReply", value)

    async def post_check_files(
        self, content: bytes | Path, *, name: str | None = None, collection: str | None = None
    ) -> schemas.Received:
        """Upload a picture or ZIP file to check.

        It is kept for a day, and not indexed.
        """
        call = Call(
            "POST",
            "/api/v1/check/files",
            params={"name": name, "collection": collection},
            content=content,
            repeatable=True,
        )
        return cast("schemas.Received", await self.read_json(call))

    async def get_map(self, *, collection: str | None = None) -> schemas.MapStatus:
        """See how the map is doing.

        The map there is, what goes on, and where its parts are.
        """
        call = Call("GET", "/api/v1/map", params={"collection": collection}, repeatable=True)
        return cast("schemas.MapStatus", await self.read_json(call))

    async def post_map(self, *, again: bool | None = None, collection: str | None = None) -> schemas.Started:
        """Make the map, or bring it up to date.

        It is done in the background; the answer names the job.
        """
        call = Call("POST", "/api/v1/map", params={"collection": collection}, body={"again": again})
        return cast("schemas.Started", await self.read_json(call))

    async def get_map_points(self, *, v: str | None = None, collection: str | None = None) -> bytes:
        """Get where the points are.

        Where the points are, and the finest cluster of each. With `v` the answer can be kept forever.
        """
        call = Call("GET", "/api/v1/map/points", params={"v": v, "collection": collection}, repeatable=True)
        return await self.read(call)

    async def get_map_ids(self, *, v: str | None = None, collection: str | None = None) -> bytes:
        """Get which record each point is.

        The record of each point: 16 bytes, the digits of its id.
        """
        call = Call("GET", "/api/v1/map/ids", params={"v": v, "collection": collection}, repeatable=True)
        return await self.read(call)

    async def get_map_clusters(self, *, v: str | None = None, collection: str | None = None) -> schemas.Clusters:
        """List the clusters.

        By level, the largest first.
        """
        call = Call("GET", "/api/v1/map/clusters", params={"v": v, "collection": collection}, repeatable=True)
        return cast("schemas.Clusters", await self.read_json(call))

    async def patch_map_clusters_number(
        self, number: int, *, name: str, version: str | None = None, collection: str | None = None
    ) -> schemas.ClusterReply:
        """Call a cluster otherwise.

        What people call a cluster outlasts new maps; the pictures in it are found by its new name.
        """
        call = Call(
            "PATCH",
            "/api/v1/map/clusters/{number}",
            values={"number": number},
            params={"collection": collection},
            body={"name": name, "version": version},
        )
        return cast("schemas.ClusterReply", await self.read_json(call))

    async def get_map_colours_by(
        self, by: str, *, v: str | None = None, legend: bool | None = None, collection: str | None = None
    ) -> bytes:
        """Get what the points are coloured by.

        A category or a number for each point, with its legend; `legend=1`: that alone, as JSON.
        """
        call = Call(
            "GET",
            "/api/v1/map/colours/{by}",
            values={"by": by},
            params={"v": v, "legend": legend, "collection": collection},
            repeatable=True,
        )
        return await self.read(call)

    async def get_map_hits(
        self,
        *,
        q: str | None = None,
        image: list[str] | None = None,
        more: list[str] | None = None,
        less: list[str] | None = None,
        sort: str | None = None,
        collapse: str | None = None,
        duplicate_threshold: str | None = None,
        diversity: str | None = None,
        min_match: str | None = None,
        label: list[str] | None = None,
        k: int | Literal["all"] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        v: str | None = None,
        collection: str | None = None,
    ) -> bytes:
        """Find the points that match a search.

        The points of those that match a search, the best first, and where the search itself would stand.
        """
        call = Call(
            "GET",
            "/api/v1/map/hits",
            params={
                "q": q,
                "image": image,
                "more": more,
                "less": less,
                "sort": sort,
                "collapse": collapse,
                "duplicate_threshold": duplicate_threshold,
                "diversity": diversity,
                "min_match": min_match,
                "label": label,
                "k": k,
                "limit": limit,
                "offset": offset,
                "v": v,
                "collection": collection,
            },
            repeatable=True,
        )
        return await self.read(call)

    async def post_map_pictures(
        self, *, points: list[int], version: str | None = None, collection: str | None = None
    ) -> schemas.MapPictures:
        """Show the pictures of points."""
        call = Call(
            "POST",
            "/api/v1/map/pictures",
            params={"collection": collection},
            body={"points": points, "version": version},
            repeatable=True,
        )
        return cast("schemas.MapPictures", await self.read_json(call))

    async def post_map_find(self, *, ids: list[str], collection: str | None = None) -> schemas.MapPoints:
        """Find the points of pictures."""
        call = Call("POST", "/api/v1/map/find", params={"collection": collection}, body={"ids": ids}, repeatable=True)
        return cast("schemas.MapPoints", await self.read_json(call))

    async def get_map_export(self, *, collection: str | None = None) -> bytes:
        """Download the places and clusters of all pictures.

        A row for each picture: where it stands, the finest cluster that it is in, its path.
        """
        call = Call("GET", "/api/v1/map/export", params={"collection": collection}, repeatable=True)
        return await self.read(call)

    async def get_map_selections(self, *, collection: str | None = None) -> list[schemas.SelectionReply]:
        """List the selections.

        The newest first.
        """
        call = Call("GET", "/api/v1/map/selections", params={"collection": collection}, repeatable=True)
        return cast("list[schemas.SelectionReply]", await self.read_json(call))

    async def post_map_selections(
        self,
        *,
        name: str | None = None,
        version: str | None = None,
        box: list[float] | None = None,
        lasso: list[list[float]] | None = None,
        clusters: list[int] | None = None,
        points: list[int] | None = None,
        ids: list[str] | None = None,
        base: str | None = None,
        mode: schemas.Mode | None = None,
        collection: str | None = None,
    ) -> schemas.SelectionReply:
        """Select pictures.

        Those without a name are kept until there are many newer ones. One of the same name is replaced.
        """
        call = Call(
            "POST",
            "/api/v1/map/selections",
            params={"collection": collection},
            body={
                "name": name,
                "version": version,
                "box": box,
                "lasso": lasso,
                "clusters": clusters,
                "points": points,
                "ids": ids,
                "base": base,
                "mode": mode,
            },
        )
        return cast("schemas.SelectionReply", await self.read_json(call))

    async def get_map_selections_id(self, id: str, *, collection: str | None = None) -> schemas.SelectionReply:
        """Show a selection."""
        call = Call(
            "GET", "/api/v1/map/selections/{id}", values={"id": id}, params={"collection": collection}, repeatable=True
        )
        return cast("schemas.SelectionReply", await self.read_json(call))

    async def patch_map_selections_id(
        self, id: str, *, name: str, version: str | None = None, collection: str | None = None
    ) -> schemas.SelectionReply:
        """Keep a selection under a name.

        Under a name it is kept until it is deleted.
        """
        call = Call(
            "PATCH",
            "/api/v1/map/selections/{id}",
            values={"id": id},
            params={"collection": collection},
            body={"name": name, "version": version},
        )
        return cast("schemas.SelectionReply", await self.read_json(call))

    async def delete_map_selections_id(self, id: str, *, collection: str | None = None) -> None:
        """Delete a selection."""
        call = Call("DELETE", "/api/v1/map/selections/{id}", values={"id": id}, params={"collection": collection})
        await self.read(call)

    async def get_map_selections_id_ids(self, id: str, *, collection: str | None = None) -> bytes:
        """List the ids of a selection.

        The ids of its records, one on each line.
        """
        call = Call(
            "GET",
            "/api/v1/map/selections/{id}/ids",
            values={"id": id},
            params={"collection": collection},
            repeatable=True,
        )
        return await self.read(call)

    async def get_map_selections_id_points(
        self, id: str, *, v: str | None = None, collection: str | None = None
    ) -> bytes:
        """Get the points of a selection.

        Those that are on the map, as point numbers.
        """
        call = Call(
            "GET",
            "/api/v1/map/selections/{id}/points",
            values={"id": id},
            params={"v": v, "collection": collection},
            repeatable=True,
        )
        return await self.read(call)

    async def get_overview(self, *, collection: str | None = None) -> schemas.Overview:
        """Show what a collection holds.

        At once: what takes longer is what was gathered last, null if that was never done.
        """
        call = Call("GET", "/api/v1/overview", params={"collection": collection}, repeatable=True)
        return cast("schemas.Overview", await self.read_json(call))

    async def post_overview(self, *, collection: str | None = None) -> schemas.Started:
        """Sum a collection up.

        Gathers when and where pictures were taken, what is typical, rare and missing, in the background.
        """
        call = Call("POST", "/api/v1/overview", params={"collection": collection})
        return cast("schemas.Started", await self.read_json(call))

    async def get_overview_land(self, *, collection: str | None = None) -> list[list[float]]:
        """Get the outline of the land.

        Closed lines, each of longitudes and latitudes in turn.
        """
        call = Call("GET", "/api/v1/overview/land", params={"collection": collection}, repeatable=True)
        return cast("list[list[float]]", await self.read_json(call))

    async def get_overview_compare(
        self, *, first: str, second: str, collection: str | None = None
    ) -> schemas.SidesCompared:
        """Show how two sides differ.

        What came of it last.
        """
        call = Call(
            "GET",
            "/api/v1/overview/compare",
            params={"first": first, "second": second, "collection": collection},
            repeatable=True,
        )
        return cast("schemas.SidesCompared", await self.read_json(call))

    async def post_overview_compare(self, *, first: str, second: str, collection: str | None = None) -> schemas.Started:
        """Compare two sides.

        Compares two sides in the background.
        """
        call = Call(
            "POST",
            "/api/v1/overview/compare",
            params={"collection": collection},
            body={"first": first, "second": second},
        )
        return cast("schemas.Started", await self.read_json(call))

    async def get_collections(self, *, collection: str | None = None) -> list[schemas.CollectionReply]:
        """List the collections."""
        call = Call("GET", "/api/v1/collections", params={"collection": collection}, repeatable=True)
        return cast("list[schemas.CollectionReply]", await self.read_json(call))

    async def post_collections(
        self,
        *,
        name: str,
        title: str | None = None,
        description: str | None = None,
        model: str | None = None,
        collection: str | None = None,
    ) -> schemas.CollectionReply:
        """Create a collection."""
        call = Call(
            "POST",
            "/api/v1/collections",
            params={"collection": collection},
            body={"name": name, "title": title, "description": description, "model": model},
        )
        return cast("schemas.CollectionReply", await self.read_json(call))

    async def get_collections_name(self, name: str, *, collection: str | None = None) -> schemas.CollectionReply:
        """Show a collection."""
        call = Call(
            "GET",
            "/api/v1/collections/{name}",
            values={"name": name},
            params={"collection": collection},
            repeatable=True,
        )
        return cast("schemas.CollectionReply", await self.read_json(call))

    async def patch_collections_name(
        self,
        name: str,
        *,
        title: str | None = None,
        description: str | None = None,
        model: str | None = None,
        collection: str | None = None,
    ) -> schemas.CollectionReply:
        """Call a collection otherwise, or describe it."""
        call = Call(
            "PATCH",
            "/api/v1/collections/{name}",
            values={"name": name},
            params={"collection": collection},
            body={"title": title, "description": description, "model": model},
        )
        return cast("schemas.CollectionReply", await self.read_json(call))

    async def delete_collections_name(
        self, name: str, *, confirm: str | None = None, collection: str | None = None
    ) -> None:
        """Delete a collection."""
        call = Call(
            "DELETE",
            "/api/v1/collections/{name}",
            values={"name": name},
            params={"confirm": confirm, "collection": collection},
        )
        await self.read(call)

    async def post_collections_name_clear(
        self, name: str, *, confirm: str, collection: str | None = None
    ) -> schemas.Removed:
        """Remove all pictures of a collection."""
        call = Call(
            "POST",
            "/api/v1/collections/{name}/clear",
            values={"name": name},
            params={"collection": collection},
            body={"confirm": confirm},
        )
        return cast("schemas.Removed", await self.read_json(call))

    async def get_versions(self, *, collection: str | None = None) -> list[schemas.Version]:
        """List the versions of the index."""
        call = Call("GET", "/api/v1/versions", params={"collection": collection}, repeatable=True)
        return cast("list[schemas.Version]", await self.read_json(call))

    async def post_versions(
        self,
        *,
        model: str | None = None,
        swap: bool | None = None,
        leave_out: bool | None = None,
        collection: str | None = None,
    ) -> schemas.Started:
        """Build the next version."""
        call = Call(
            "POST",
            "/api/v1/versions",
            params={"collection": collection},
            body={"model": model, "swap": swap, "leave_out": leave_out},
        )
        return cast("schemas.Started", await self.read_json(call))

    async def get_versions_number_comparison(self, number: int, *, collection: str | None = None) -> schemas.Comparison:
        """Compare a version with the one in use."""
        call = Call(
            "GET",
            "/api/v1/versions/{number}/comparison",
            values={"number": number},
            params={"collection": collection},
            repeatable=True,
        )
        return cast("schemas.Comparison", await self.read_json(call))

    async def post_versions_number_swap(
        self, number: int, *, leave_out: bool | None = None, collection: str | None = None
    ) -> schemas.Started:
        """Use another version."""
        call = Call(
            "POST",
            "/api/v1/versions/{number}/swap",
            values={"number": number},
            params={"leave_out": leave_out, "collection": collection},
        )
        return cast("schemas.Started", await self.read_json(call))

    async def post_versions_rollback(
        self, *, leave_out: bool | None = None, collection: str | None = None
    ) -> schemas.Started:
        """Use the version before again."""
        call = Call("POST", "/api/v1/versions/rollback", params={"leave_out": leave_out, "collection": collection})
        return cast("schemas.Started", await self.read_json(call))

    async def delete_versions_number(self, number: int, *, collection: str | None = None) -> None:
        """Delete a version that is not in use."""
        call = Call("DELETE", "/api/v1/versions/{number}", values={"number": number}, params={"collection": collection})
        await self.read(call)

    async def get_me(self, *, collection: str | None = None) -> schemas.Me:
        """Show who asks, and what they may do."""
        call = Call("GET", "/api/v1/me", params={"collection": collection}, repeatable=True)
        return cast("schemas.Me", await self.read_json(call))

    async def get_healthz(self, *, collection: str | None = None) -> schemas.ResponsesHealth:
        """Check that the server is up, and what it has."""
        call = Call("GET", "/healthz", params={"collection": collection}, repeatable=True)
        return cast("schemas.ResponsesHealth", await self.read_json(call))

    async def get_readyz(self, *, collection: str | None = None) -> schemas.Readiness:
        """Check that searches can be answered."""
        call = Call("GET", "/readyz", params={"collection": collection}, also=(503,), repeatable=True)
        return cast("schemas.Readiness", await self.read_json(call))

    async def get_metrics(self, *, collection: str | None = None) -> bytes:
        """Get the metrics for Prometheus."""
        call = Call("GET", "/metrics", params={"collection": collection}, repeatable=True)
        return await self.read(call)
