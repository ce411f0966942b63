"""What can be done with the versions of an index."""

from collections.abc import Callable, Sequence

from core.access.actors import APP, Actor
from core.access.roles import Role
from core.embedding.embedder import Embedder
from core.errors import JobRefused, VersionRefused
from core.index.index import Index, ModelStamp
from core.index.versions import Version
from core.ingest.journal.job import Rebuild
from core.ingest.library import Library
from core.ingest.pipeline.rebuild.parts import is_of
from core.ingest.pipeline.rebuild.stamps import check_room
from core.model import IndexModel, stamp_of
from core.models import MODELS
from core.text.command import command
from core.text.names import printable
from core.versions.compare import Comparison, compare


class VersionControl:
    """Of one index. Building it does no I/O. All methods may raise `IndexUnavailable` and `JournalUnavailable`.

    Args:
        texts: Words to compare versions with, the most telling first.
    """

    def __init__(
        self, index: Index, model: IndexModel, library: Callable[[], Library], texts: Callable[[], Sequence[str]]
    ) -> None:
        self._index, self._model = index, model
        self._library, self._texts = library, texts

    def all(self) -> list[Version]:
        """By their numbers."""
        return self._index.versions.all()

    def get(self, number: int) -> Version:
        """
        Raises:
            VersionRefused: there is none.
        """
        found = next((one for one in self.all() if one.number == number), None)
        if found is None:
            raise VersionRefused(f"There is no version {number}.", f"List them: {command('versions')}")
        return found

    @property
    def previous(self) -> Version | None:
        """The one that was in use before."""
        retired = [one for one in self.all() if one.state == "retired"]
        return max(retired, key=lambda one: (one.retired_at or 0.0, one.number), default=None)

    def build(self, model_id: str = "", *, swaps: bool = True, prunes: bool = False, by: Actor = APP) -> int | None:
        """Build the next version in the background; returns the job's id, None where the index is empty.

        Args:
            model_id: By default the one of the version in use.
            swaps: Whether it is used as soon as it is there.
            prunes: Whether pictures of which neither file nor thumbnail is left are to be left out.

        Raises:
            ModelUnavailable: the model cannot be had on this machine.
            StorageFull: there is no room for it.
            JobRefused: another version is being built.
        """
        by.check(Role.ADMIN)
        current = self._index.model()
        if current is None:
            return None
        wanted = model_id or current.model_id
        if wanted not in MODELS:
            raise VersionRefused(f"There is no model {printable(wanted)}.", f"List them: {command('models')}")
        is_same = is_of(current, wanted, self._model)
        if not is_same and (obstacle := self._model.obstacle(wanted)):
            raise obstacle
        check_room(self._index, current if is_same else self._likely(wanted, current))
        title = "Rebuild the index" if wanted == current.model_id else f"Re-embed with {wanted}"
        return self._library().rebuild(title, Rebuild(wanted, swaps=swaps), prunes=prunes, by=by)

    def reembed(self, model_id: str, *, prunes: bool = False, by: Actor = APP) -> int | None:
        """As `build` with this model; None where all pictures have its embeddings already, too."""
        current = self._index.model()
        if current is not None and is_of(current, model_id, self._model):
            return None
        if obstacle := self._model.obstacle(model_id):
            raise obstacle
        return self.build(model_id, prunes=prunes, by=by)

    def swap(self, number: int, *, prunes: bool = False, by: Actor = APP) -> int:
        """Bring a version up to date and use it, in the background; returns the job's id.

        Raises:
            VersionRefused: it is not there, in use already, or not all is in it.
            JobRefused: another version is being built.
        """
        version = self.get(number)
        if version.state == "current":
            raise VersionRefused(f"Version {number} is in use already.", f"List them: {command('versions')}")
        if version.state == "building":
            raise VersionRefused(f"Version {number} is not complete.", "Resume the job that builds it.")
        return self._update(f"Swap to version {number}", version, prunes, by)

    def roll_back(self, *, prunes: bool = False, by: Actor = APP) -> int:
        """Use the version before again; as `swap`."""
        if (version := self.previous) is None:
            raise VersionRefused("There is no version before this one.", f"List them: {command('versions')}")
        return self._update(f"Roll back to version {version.number}", version, prunes, by)

    def _update(self, title: str, version: Version, prunes: bool, by: Actor) -> int:
        current = self._index.model()
        if version.stamp != current and (obstacle := self._model.obstacle(version.stamp.model_id)):
            raise obstacle
        wanted = Rebuild(version.stamp.model_id, version.number, is_own=False)
        return self._library().rebuild(title, wanted, prunes=prunes, by=by)

    def delete(self, number: int, *, by: Actor = APP) -> None:
        """
        Raises:
            AccessDenied: they may not.
            VersionRefused: it is not there, or in use.
            JobRefused: a job is at work on it.
        """
        by.check(Role.ADMIN)
        self.get(number)
        if any(job.rebuilds and job.rebuild.version == number for job in self._library().jobs.open()):
            raise JobRefused(f"A job is at work on version {number}.", "Wait until it has ended, or cancel it.")
        self._index.versions.delete(number)
        self._library().journal.audit.note(by, "Deleted a version of the index", f"version {number}")

    def optimize(self, *, by: Actor = APP) -> int:
        """Merge what is scattered in the version in use, in the background; returns the job's id.

        Raises:
            AccessDenied: they may not.
        """
        return self._library().optimize(by=by)

    def compare(self, number: int | None = None) -> Comparison:
        """A version beside the one in use.

        Args:
            number: None: the newest that is ready, else the one before.

        Raises:
            VersionRefused: there is no other.
            ModelUnavailable: the model of one of them cannot be had.
        """
        versions = self.all()
        current = next((one for one in versions if one.state == "current"), None)
        ready = [one for one in versions if one.state == "ready"]
        other = self.get(number) if number is not None else (ready[-1] if ready else self.previous)
        if current is None or other is None or other.number == current.number:
            raise VersionRefused(
                "There is no other version to compare with.", f"Build one: {command('versions build')}"
            )
        both = self._index.versions.open(current.number), self._index.versions.open(other.number)
        return compare((current, other), both, lambda: self._embedders(other.stamp), self._texts())

    def _embedders(self, stamp: ModelStamp) -> tuple[Embedder, Embedder]:
        current = self._model.embedder()
        if stamp_of(current) == stamp:
            return current, current
        return current, self._model.load_target(stamp.model_id).result()

    def _likely(self, model_id: str, current: ModelStamp) -> ModelStamp:
        return ModelStamp(model_id, MODELS[model_id].dims if model_id in MODELS else current.dims)
