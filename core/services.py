"""The composition root: from settings to the index, the model, the stores and the jobs, built once per process."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from core.cache import LRUCache
from core.config import Settings
from core.embedding.loading import preprocessing
from core.errors import ImageSearchError, InvalidEmbedding, UnreadableImage, UploadsGone
from core.images.describe import content_hash
from core.index.factory import open_index
from core.index.filters import Filter
from core.index.index import Counts, by_frequency
from core.index.records import ImageRecord
from core.ingest.journal.actors import APP, Actor
from core.model import IndexModel
from core.models import MODELS
from core.search.language.resolve import resolve
from core.search.latency import Latencies
from core.search.measured import measured
from core.search.query import Query, Search, Words
from core.search.relevance.calibrator import Calibrations
from core.search.results import Results
from core.search.searcher import Searcher
from core.storage import remove_broken_off
from core.text.redaction import keep_out_of_logs

if TYPE_CHECKING:  # a search for words needs neither database nor pictures: what else is here is imported when used
    from core.embedding.offers.offer import Offer
    from core.images.previews import Previews
    from core.images.thumbnails import Thumbnails
    from core.images.uploads import Uploads
    from core.ingest.jobs.queue import Jobs
    from core.ingest.journal.progress import Progress
    from core.ingest.library import Library
    from core.saved import SavedSearches
    from core.search.examples import Examples
    from core.search.explain.concepts import Concept, Explainer
    from core.search.explain.heatmap import Heat, HeatmapBuilder, HeatmapProgress
    from core.search.pasted import PastedPictures
    from core.search.recall.lens import RecallLens
    from core.search.relevance.concepts import Bank

_CLOSING_SECONDS = 5.0
_QUERIES_KEPT = timedelta(days=30)
_NAMED = 64
_UPLOADS = "Uploaded pictures"


@dataclass(frozen=True, slots=True)
class Status:
    """The index in short."""

    engine: str
    index: str
    model_id: str
    dims: int
    count: int


class _Once[T]:
    """A part of the services that the first who asks for it builds, and others wait for."""

    def __init__(self, build: "Callable[[Services], T]") -> None:
        self._build = build
        self.__doc__ = build.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, services: "Services", owner: type) -> T:
        with services.opening:
            if self._name not in services.__dict__:
                services.__dict__[self._name] = self._build(services)  # from now on found there first
            part: T = services.__dict__[self._name]
            return part


class Services:
    """What the pages, the command line and the HTTP routes share. Building it does no I/O and loads no model.

    Args:
        command_line: Whether it is for a command, whose process needs no other for the model, and whose user may have
            any address read by naming it: the limits of the app do not apply.
    """

    def __init__(self, settings: Settings, *, command_line: bool = False) -> None:
        keep_out_of_logs(settings.secrets)
        self.settings = settings
        self.index = open_index(settings)
        self.model = IndexModel(settings, self.index, in_process=command_line)
        self._command_line = command_line
        self.opening = threading.RLock()
        self.latencies = Latencies()
        self._named: LRUCache[ImageRecord | None] = LRUCache(_NAMED, "names")  # a page asks for those of all chips
        self._calibrations = Calibrations(self.index, self._learned)
        self._searcher = Searcher(
            self.index, self.model.embedder, lambda: self.model.in_use, self._query_picture, self._calibrations
        )

    @_Once
    def thumbnails(self) -> "Thumbnails":
        from core.images.thumbnails import Thumbnails

        return Thumbnails(self.settings.data_dir / "thumbnails")

    @_Once
    def previews(self) -> "Previews":
        from core.images.previews import Previews

        # Hidden, and so never indexed, as the pictures of queries are.
        return Previews(self.settings.data_dir / ".previews", self.settings.preview_mb << 20)

    @_Once
    def uploads(self) -> "Uploads":
        """What was sent to be indexed."""
        from core.images.uploads import Uploads

        settings = self.settings
        return Uploads(self._sent, settings.upload_mb << 20, settings.archive_mb << 20)

    @property
    def _learned(self) -> Path:
        return self.settings.data_dir / "calibration"

    @property
    def _sent(self) -> Path:
        return (self.settings.data_dir / "uploads").resolve()  # as records have it

    @_Once
    def parts(self) -> "Uploads":
        """What was sent to be indexed with pictures: files that say what is in them."""
        from core.images.uploads import Uploads
        from core.sources.uploaded import MAX_FILE_BYTES

        return Uploads(self.settings.data_dir / ".parts", MAX_FILE_BYTES, unread=True)

    @_Once
    def queries(self) -> "Uploads":
        """Pictures that were dropped to search with."""
        from core.images.uploads import Uploads

        return Uploads(self.settings.data_dir / ".queries", self.settings.upload_mb << 20)

    @_Once
    def pasted(self) -> "PastedPictures":
        from core.search.pasted import PastedPictures

        return PastedPictures(self.index, self.queries, self.settings.library_roots, self.settings.urls)

    @_Once
    def _examples(self) -> "Examples":
        from core.search.examples import Examples

        return Examples(self.index, self._calibrations, self._learned)

    @_Once
    def _explainer(self) -> "Explainer":
        from core.search.explain.concepts import Explainer

        return Explainer(self.index, self._searcher.compose, self._bank)

    @_Once
    def _heatmaps(self) -> "HeatmapBuilder":
        from core.search.explain.heatmap import HeatmapBuilder

        return HeatmapBuilder(lambda record: self.library.read(record.path))

    def models(self) -> "list[Offer]":
        """Every model that can be asked for, and whether it can be had on this machine: found out within seconds."""
        from core.embedding.offers.offer import offers

        in_use = ""
        with suppress(ImageSearchError):  # which model it is, is not known then
            stamp = self.index.model()
            in_use = stamp.model_id if stamp else ""
        return offers(self.settings.model_cache_dir, in_use, self.settings.model_id)

    @_Once
    def recall(self) -> "RecallLens":
        """How good searches are, against the exact answer."""
        from core.search.recall.lens import RecallLens

        return RecallLens(
            self.index,
            self._searcher.compose,
            self.model.embedder,
            lambda where: resolve(where, self.facets())[0] if where.conditions else where,
        )

    @_Once
    def library(self) -> "Library":
        """How the index is filled."""
        from core.ingest.journal.journal import Journal
        from core.ingest.library import Library

        return Library(
            self.index,
            self.thumbnails,
            Journal(self.settings.journal, self._scope),
            self.settings.data_dir / "jobs",
            self.model.load_for_job,
            self._name_of,
            urls=None if self._command_line else self.settings.urls,
            models=self.model,
            done=(lambda: None) if self._command_line else self._choose_examples,
        )

    @_Once
    def saved(self) -> "SavedSearches":
        """The searches that somebody keeps."""
        from core.saved import SavedSearches

        return SavedSearches(self.settings.journal, self._scope)

    @property
    def _scope(self) -> str:
        """Which index of the journal is meant."""
        return f"{self.index.engine}/{self.index.name}"

    def start(self) -> None:
        """For a server: load the model, and go on with what the one before it left."""
        self.model.load()
        self.library.start()

    def close(self) -> None:
        """Begin nothing more: a job that is under way pauses, and the next process goes on with it. Takes five seconds
        at most."""
        if library := self.__dict__.get("library"):  # where one was needed
            closing = threading.Thread(target=library.close, name="closing", daemon=True)
            closing.start()
            closing.join(_CLOSING_SECONDS)

    def tidy(self) -> None:
        """Remove dropped pictures that nobody has searched with for long, and files whose writing was broken off."""
        self.queries.expire(_QUERIES_KEPT)
        self.parts.expire(_QUERIES_KEPT)  # datasets have their own
        for store in (self.queries, self.parts, self.uploads, self.thumbnails, self.previews):
            store.clean()
        remove_broken_off([self._learned, self.settings.data_dir / "jobs"])

    def search(self, search: Search, offset: int = 0, limit: int = 24, patience: float = 0.0) -> Results:
        """As `Searcher.search`, with the values of the filter taken as `resolve` says.

        Args:
            patience: Seconds to wait, at most, where it is not known yet what scores mean here.
        """
        with measured() as told:
            told.results = results = self._answer(search, offset, limit, patience)
        return results

    def _answer(self, search: Search, offset: int, limit: int, patience: float) -> Results:
        if patience and search.query.seeks:
            self._await_scores(patience)
        from core.search.language.remarks import remarks

        where, notes = resolve(search.where, self.facets()) if search.where.conditions else (search.where, [])
        started = time.perf_counter()
        found = self._search(replace(search, where=where), offset, limit)
        self.latencies.note(time.perf_counter() - started, found.timings)
        said = [*notes, *remarks(search.query.words)]
        return replace(found, notes=said, facets=self._folded(found.facets))

    def _search(self, search: Search, offset: int, limit: int) -> Results:
        """Once more where the index has got another model's embeddings meanwhile: query and rows must be of one."""
        made_by = self.model.made_by()
        try:
            results = self._searcher.search(search, offset, limit)
        except InvalidEmbedding:
            if self.model.made_by() == made_by:
                raise
        else:
            if self.model.made_by() == made_by:
                return results
        return self._searcher.search(search, offset, limit)

    def reembed(self, *, prunes: bool = False, by: Actor = APP) -> int | None:
        """Give all pictures the embeddings of the model that the settings ask for, in the background; returns the job's
        id, None where they have them already.

        Args:
            prunes: Whether pictures of which neither file nor thumbnail is left are to be left out.

        Raises:
            ModelUnavailable: it cannot be had on this machine.
        """
        if obstacle := self.model.obstacle():
            raise obstacle
        made_by, wanted = self.index.model(), self.settings.model_id
        if made_by is None or (made_by.model_id == wanted and made_by.preprocessing == self._preprocessing()):
            return None
        return self.library.reembed(f"Re-embed with {wanted}", prunes=prunes, by=by)

    def _preprocessing(self) -> int:
        """Of the model that the settings ask for, as this version of the app prepares pictures for it."""
        return preprocessing(self.settings.model_id)

    def _await_scores(self, seconds: float) -> None:
        """Whatever keeps the model from loading, the search itself says, or does without it."""
        deadline = time.monotonic() + seconds
        with suppress(ImageSearchError, TimeoutError):
            embedder = self.model.load().result(seconds)
            self._calibrations.await_current(embedder, deadline - time.monotonic())

    def learn_scores(self) -> None:
        """Learn at once what scores mean, where it is not known: for those who ask once; raises as the model does."""
        self._calibrations.learn(self.model.embedder())

    @property
    def knows_scores(self) -> bool:
        """Whether it is known what scores mean in this index; while the model is loaded, it is being learned."""
        return self._calibrations.current(self.model.loaded) is not None

    def facets(self) -> Counts:
        """Of all pictures, how many have which value; counted again when the index has changed."""
        return self._folded(self._searcher.facets(Filter()))

    def _folded(self, counts: Counts) -> Counts:
        """The folders that uploads are kept in count as one: how they are spread says nothing."""
        own = str(self._sent)
        folders = counts.get("folder", {})
        inside = [folder for folder in folders if folder.startswith(f"{own}/")]
        if not inside:
            return counts
        merged = {folder: count for folder, count in folders.items() if folder not in inside}
        merged[own] = merged.get(own, 0) + sum(folders[folder] for folder in inside)
        return {**counts, "folder": by_frequency(merged)}

    def warm_up(self) -> None:
        """Load the model, and run one search for nobody.

        Raises:
            ModelUnavailable, ModelMismatch, IndexUnavailable: why there are no searches yet.
        """
        self._answer(Search(Query((Words("warm up"),))), 0, 1, 0.0)  # also begins to learn what scores mean
        self.examples()

    @property
    def jobs(self) -> "Jobs":
        """What goes on in the background, or did."""
        return self.library.jobs

    def ingest(self, locations: Sequence[str | Path]) -> "Iterator[Progress]":
        """As `core.ingest.foreground.ingest`. The caller checks the locations: see `check_path` and `check_url`."""
        from core.ingest.foreground import ingest

        yield from ingest(
            locations, index=self.index, load=self.model.load_for_job, thumbnails=self.thumbnails, name_of=self._name_of
        )

    def start_uploads(self, ids: Sequence[str], title: str = "", by: Actor = APP, paths: Sequence[str] = ()) -> int:
        """Index what a visitor has sent, pictures and archives; returns the job's id.

        Raises:
            UploadsGone: nothing of it is there.
        """
        pictures = [path for id_ in ids if (path := self.uploads.path(id_))]
        locations = [str(path) for id_ in ids if (path := self.uploads.archive(id_))]
        if pictures and paths:
            locations.insert(0, str(self._dataset(ids, paths)))
            return self.library.add(locations, title or Path(locations[0]).name, auto_start=True, by=by)
        if pictures:
            locations.insert(0, self._listed(pictures, self.uploads.folder))
        if not locations:
            raise UploadsGone("These uploads are no longer here.", "Upload them again.")
        words = "Uploaded picture" if len(pictures) == 1 else f"{len(pictures):,} uploaded pictures"
        return self.library.add(locations, title or (words if pictures else ""), auto_start=True, by=by)

    def _dataset(self, ids: Sequence[str], paths: Sequence[str]) -> Path:
        """The folder of a dataset, of files that were uploaded one by one."""
        from core.sources.uploaded import put

        kept = ((path, self.uploads.path(id_) or self.parts.path(id_)) for id_, path in zip(ids, paths, strict=True))
        return put(self.settings.data_dir / "datasets", {path: file for path, file in kept if file})

    def start_samples(self, by: Actor = APP) -> int:
        """Index the sample pictures; returns the job's id."""
        from core.sources.samples import sample_pictures

        return self.library.add([self._listed(sample_pictures())], "Sample pictures", auto_start=True, by=by)

    def _listed(self, paths: Sequence[Path], folder: Path | None = None) -> str:
        """The location of a list of these files."""
        from core.sources.listed import SUFFIX, write_list

        name = content_hash("\n".join(map(str, paths)).encode(errors="surrogateescape"))[:16]
        file = self.settings.data_dir / "jobs" / f"{name}{SUFFIX}"
        write_list(file, paths, folder)
        return str(file)

    def status(self) -> Status:
        stamp = self.index.model()
        model_id = stamp.model_id if stamp else self.settings.model_id
        dims = stamp.dims if stamp else MODELS[model_id].dims
        return Status(self.index.engine, self.index.name, model_id, dims, self.index.count())

    def picture(self, content_hash: str) -> tuple[bytes, str] | None:
        """A picture's bytes and name by its content: of the corpus, or dropped; None where there is none (any more).

        Raises:
            UnreadableImage: the file is gone or cannot be read.
        """
        from core.images.reading.content import read_bytes

        for store in (self.queries, self.uploads):
            if path := store.path(content_hash):
                return read_bytes(path), store.name(content_hash) or path.name
        if record := self.record(content_hash):
            return self.library.read(record.path), record.name
        return None

    def picture_size(self, content_hash: str) -> int | None:
        """The bytes of the file that `picture` would read; None where there is no such picture."""
        for store in (self.queries, self.uploads):
            if path := store.path(content_hash):
                with suppress(OSError):
                    return path.stat().st_size
        record = self.record(content_hash)
        return record.size if record else None

    def record(self, content_hash: str) -> ImageRecord | None:
        """A record with these bytes."""
        found = self.index.by_content([content_hash])
        return found[content_hash][0] if content_hash in found else None

    def picture_name(self, content_hash: str) -> str:
        """What to call a picture of a query."""
        if stored := self.queries.name(content_hash) or self.uploads.name(content_hash):
            return stored
        record = self._named.get((content_hash, self.index.revision()), lambda: self.record(content_hash))
        return record.name if record else "A missing picture"

    def examples(self) -> tuple[str, ...]:
        """Words worth trying on these pictures; none before they were chosen, nor while pictures come in."""
        count = self.index.count()
        return self._examples.words(count, None if self.jobs.busy else self.model.loaded) if count else ()

    def _choose_examples(self) -> None:
        """So that they are there when somebody comes."""
        self._examples.words(self.index.count(), self.model.loaded)

    def _query_picture(self, content_hash: str) -> bytes | None:
        try:
            found = self.picture(content_hash)
        except UnreadableImage:
            return None
        return found[0] if found else None

    def _name_of(self, path: str) -> str:
        from core.sources.remote.urls import is_url

        name = path.rpartition("/")[2]
        if Path(path) == self.uploads.folder:
            return _UPLOADS
        return unquote(name) if is_url(path) else self.uploads.name_of(Path(path)) or name

    def explain(self, query: Query, content_hash: str) -> "list[Concept]":
        """As `Explainer.explain`."""
        return self._explainer.explain(query, content_hash)

    def heat(self, query: Query, content_hash: str) -> "Iterator[HeatmapProgress | Heat]":
        """As `HeatmapBuilder.build`, of a picture of the index; what is wrong with the query is raised at once."""
        from core.search.explain.concepts import get_by_content

        record, _ = get_by_content(self.index, content_hash)
        return self._heatmaps.build(record, self._searcher.compose(query).embedding, self.model.embedder())

    def _bank(self) -> "Bank | None":
        embedder = self.model.loaded
        return self._calibrations.bank(embedder) if embedder else None


class _Shared:
    """Builds them once, though the server and its first visitors come for them at the same moment."""

    def __init__(self) -> None:
        self._building = threading.Lock()
        self._built: dict[bool, Services] = {}

    def __call__(self, *, command_line: bool = False) -> Services:
        """The one instance of this process for the app, or for a command: what a command may do, no page may.

        Raises:
            InvalidSetting: the environment asks for something that does not work.
        """
        with self._building:
            if command_line not in self._built:
                self._built[command_line] = Services(Settings.load(), command_line=command_line)
            return self._built[command_line]

    def cache_clear(self) -> None:
        """Build new ones when they are asked for again."""
        with self._building:
            self._built.clear()


shared = _Shared()
