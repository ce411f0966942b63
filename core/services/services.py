"""The parts of one collection, put together: index, model, stores, jobs, searches."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from core.access.actors import APP, Actor
from core.access.roles import Role
from core.config import Settings
from core.errors import ImageSearchError, StorageUnavailable
from core.index.index import Counts, Index
from core.index.records import ImageRecord
from core.model_pool import ModelPool
from core.models import MODELS
from core.search.latency import Latencies
from core.search.query import Query, Search, Words
from core.search.results import Results
from core.services.belongings import Belongings
from core.services.once import Once
from core.services.pictures import Pictures
from core.services.searching import Searching
from core.services.status import Status

if TYPE_CHECKING:  # a search for words needs neither database nor pictures: what else is here is imported when used
    from core.embedding.embedder import Embedder
    from core.embedding.offers.offer import Offer
    from core.index.chosen.ids import IdSet
    from core.index.filters import Filter
    from core.ingest.jobs.holding import Holding
    from core.ingest.jobs.queue import Jobs
    from core.ingest.journal.progress import Progress
    from core.ingest.library import Library
    from core.search.explain.concepts import Concept
    from core.search.explain.heatmap import Heat, HeatmapProgress
    from core.search.recall.lens import RecallLens
    from core.search.relevance.concepts import Bank
    from core.search.relevance.scores import Calibration
    from core.services.analysis.analysis import AnalysisServices
    from core.services.sending import Sending
    from core.versions.control import VersionControl

_CLOSING_SECONDS = 5.0


class Services(Belongings):
    """What the pages, the command line and the HTTP routes share, made of what belongs to a collection; see there."""

    def __init__(
        self,
        settings: Settings,
        *,
        command_line: bool = False,
        models: ModelPool | None = None,
        index: Index | None = None,
    ) -> None:
        super().__init__(settings, command_line=command_line, models=models, index=index)
        self._pictures = Pictures(self.index, self._stores, lambda path: self.read(path))
        self._searching = Searching(
            self.index, self.model, self._stores.learned, self.sent, self._pictures, self._selected
        )

    @Once
    def library(self) -> "Library":
        """How the index is filled."""
        from core.ingest.journal.journal import Journal
        from core.ingest.library import Library

        return Library(
            self.index,
            self.thumbnails,
            Journal(self.settings.journal, self.scope),
            self._stores.jobs,
            self.model.load_for_job,
            lambda path: self._sending.name_of(path),
            urls=None if self._command_line else self.settings.urls,
            models=self.model,
            analyses=self.analysis,
            elsewhere=self.model.elsewhere,
            open_index=self.opens_elsewhere,
            cluster=self.settings.ray,
            sent=self._stores.shared,
            holding=self._holding(),
            done=(lambda: None) if self._command_line else self._searching.choose_examples,
        )

    def _holding(self) -> "Holding | None":
        """By the database, where several machines may share both that and the index."""
        from core.database import is_on_a_server

        if self.opens_elsewhere is None or not is_on_a_server(self.settings.journal):
            return None
        from core.ingest.jobs.leased import InDatabase, leases_in

        return InDatabase(leases_in(self.settings.journal), self.scope)

    @Once
    def _sending(self) -> "Sending":
        from core.services.sending import Sending

        return Sending(self._stores, lambda: self.library)

    @Once
    def analysis(self) -> "AnalysisServices":
        """What is found out about the collection as a whole."""
        from core.services.analysis.analysis import AnalysisServices

        return AnalysisServices(self)

    def resolved(self, where: "Filter") -> "Filter":
        """As `Searching.resolved`."""
        return self._searching.resolved(where)

    def read_bank(self) -> "Bank | None":
        """As `Searching.read_bank`."""
        return self._searching.read_bank()

    def _selected(self, name: str) -> "IdSet | None":
        """The records of a selection; selections are of one collection."""
        return None if self.is_several else self.analysis.map.selections.ids(name)

    @property
    def jobs(self) -> "Jobs":
        """What goes on in the background, or did."""
        return self.library.jobs

    def start(self) -> None:
        """For a server: load the model, and go on with what the one before it left."""
        self.model.load()
        if self.mirror:
            with suppress(StorageUnavailable):  # which pages say
                self.mirror.check()
        self.library.start()

    def close(self) -> None:
        """Begin nothing more: a job that is under way pauses, and the next process goes on with it. Takes five seconds
        at most."""
        if library := self.__dict__.get("library"):  # where one was needed
            closing = threading.Thread(target=library.close, name="closing", daemon=True)
            closing.start()
            closing.join(_CLOSING_SECONDS)

    def tidy(self) -> None:
        """As `Stores.tidy`; and forget what analyses found in versions that there are no more."""
        self._stores.tidy()
        self.analysis.kept.tidy()

    def warm_up(self) -> None:
        """Load the model, and run one search for nobody.

        Raises:
            ModelUnavailable, ModelMismatch, IndexUnavailable: why there are no searches yet.
        """
        self._searching.answer(Search(Query((Words("warm up"),))), limit=1)  # also begins to learn what scores mean
        self.examples()

    def status(self) -> Status:
        stamp = self.index.model()
        model_id = stamp.model_id if stamp else self.settings.model_id
        dims = stamp.dims if stamp else MODELS[model_id].dims
        return Status(self.index.engine, self.index.name, model_id, dims, self.index.count())

    def ingest(self, locations: Sequence[str | Path]) -> "Iterator[Progress]":
        """As `core.ingest.foreground.ingest`. The caller checks the locations: see `check_path` and `check_url`."""
        from core.ingest.foreground import ingest

        yield from ingest(
            locations,
            index=self.index,
            load=self.model.load_for_job,
            thumbnails=self.thumbnails,
            name_of=self._sending.name_of,
        )

    def reembed(self, *, prunes: bool = False, by: Actor = APP) -> int | None:
        """Give all pictures the embeddings of the model that the settings ask for, in the background; returns the job's
        id, None where they have them already.

        Args:
            prunes: Whether pictures of which neither file nor thumbnail is left are to be left out.

        Raises:
            ModelUnavailable: it cannot be had on this machine.
            AccessDenied: they may not.
        """
        by.check(Role.ADMIN)
        return self.versions.reembed(self.settings.model_id, prunes=prunes, by=by)

    @Once
    def versions(self) -> "VersionControl":
        """Those of the index: built, compared, swapped."""
        from core.versions.control import VersionControl

        return VersionControl(self.index, self.model, lambda: self.library, self._telling)

    def _telling(self) -> list[str]:
        """Words that people search for here, or may."""
        from core.search.examples import EVERYDAY
        from core.search.language.url import from_params

        texts = []
        with suppress(ImageSearchError):
            for saved in self.saved.all():
                with suppress(ImageSearchError):
                    words = from_params(parse_qs(saved.address)).query.words
                    texts += [one.text for one in words if one.weight > 0]
        return list(dict.fromkeys((*texts, *self.examples(), *EVERYDAY)))

    def start_uploads(self, ids: Sequence[str], title: str = "", by: Actor = APP, paths: Sequence[str] = ()) -> int:
        """As `Sending.start_uploads`."""
        return self._sending.start_uploads(ids, title, by, paths)

    def start_samples(self, by: Actor = APP) -> int:
        """As `Sending.start_samples`."""
        return self._sending.start_samples(by)

    def search(self, search: Search, offset: int = 0, limit: int = 24, patience: float = 0.0) -> Results:
        """As `Searching.search`."""
        return self._searching.search(search, offset, limit, patience)

    @property
    def latencies(self) -> Latencies:
        """How long recent searches took."""
        return self._searching.latencies

    def models(self) -> "list[Offer]":
        """Every model that can be asked for, and whether it can be had on this machine: found out within seconds."""
        from core.embedding.offers.offer import offers

        in_use = ""
        with suppress(ImageSearchError):  # which model it is, is not known then
            stamp = self.index.model()
            in_use = stamp.model_id if stamp else ""
        return offers(self.settings.model_cache_dir, in_use, self.settings.model_id, self.settings.inference_servers)

    @property
    def recall(self) -> "RecallLens":
        """As `Searching.recall`."""
        return self._searching.recall

    def facets(self) -> Counts:
        """As `Searching.facets`."""
        return self._searching.facets()

    def learn_scores(self) -> None:
        """As `Searching.learn_scores`."""
        self._searching.learn_scores()

    @property
    def knows_scores(self) -> bool:
        """As `Searching.knows_scores`."""
        return self._searching.knows_scores

    def calibration(self, embedder: "Embedder") -> "Calibration | None":
        """As `Searching.calibration`."""
        return self._searching.calibration(embedder)

    def examples(self) -> tuple[str, ...]:
        """As `Searching.examples`; none are chosen while pictures come in."""
        return self._searching.examples(lambda: self.jobs.busy)

    def explain(self, query: Query, content_hash: str) -> "list[Concept]":
        """As `Searching.explain`."""
        return self._searching.explain(query, content_hash)

    def heat(self, query: Query, content_hash: str) -> "Iterator[HeatmapProgress | Heat]":
        """As `Searching.heat`."""
        return self._searching.heat(query, content_hash)

    def read(self, path: str) -> bytes:
        """As `Library.read`."""
        return self.library.read(path)

    def picture(self, content_hash: str) -> tuple[bytes, str] | None:
        """As `Pictures.picture`."""
        return self._pictures.picture(content_hash)

    def picture_size(self, content_hash: str) -> int | None:
        """As `Pictures.size`."""
        return self._pictures.size(content_hash)

    def record(self, content_hash: str) -> ImageRecord | None:
        """As `Pictures.record`."""
        return self._pictures.record(content_hash)

    def picture_name(self, content_hash: str) -> str:
        """As `Pictures.name`."""
        return self._pictures.name(content_hash)
