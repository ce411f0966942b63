"""Several collections of one model, searched as one: results are merged by score, and each tells where it is from."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from core.access.actors import APP, Actor
from core.collections.collection import ALL
from core.config import Settings
from core.errors import SeveralCollections
from core.index.index import ModelStamp
from core.index.several import SeveralIndexes
from core.model_pool import ModelPool
from core.services.once import Once
from core.services.services import Services
from core.store.address import below
from core.text.command import command

if TYPE_CHECKING:
    from core.images.thumbnails import Thumbnails
    from core.images.uploads import Uploads
    from core.ingest.library import Library
    from core.services.analysis.analysis import AnalysisServices
    from core.store.mirror import Mirror
    from core.versions.control import VersionControl

FOLDER = "collections/.several"
"""In the data folder: what was dropped to search several with, and what was learned of them."""


class Several(Services):
    """What is done with one collection at a time is refused.

    Args:
        settings: Those of the app.
        members: By the names of their collections.
        name: As they are named together: `all`, or their names.

    Raises:
        SeveralCollections: they were made by different models.
    """

    def __init__(
        self,
        settings: Settings,
        members: Mapping[str, Services],
        name: str,
        *,
        command_line: bool = False,
        models: ModelPool | None = None,
    ) -> None:
        stamp = common_model(members)
        digest = hashlib.sha256(",".join(sorted(members)).encode()).hexdigest()[:16]
        self._scope = f"several:{name if name == ALL else digest}"  # no collection is called so
        own = replace(
            settings,
            index_name=name,
            model_id=stamp.model_id if stamp else settings.model_id,
            data_dir=settings.data_dir / FOLDER / digest,
            store=below(settings.store, f"{FOLDER}/{digest}"),
            model_cache=settings.model_cache_dir,
            journal_url=settings.journal,
        )
        self.members = dict(members)
        index = SeveralIndexes({name: member.index for name, member in members.items()})
        super().__init__(own, command_line=command_line, models=models, index=index)

    @property
    def is_several(self) -> bool:
        return True

    @property
    def sent(self) -> Sequence[Path]:
        return [folder for member in self.members.values() for folder in member.sent]

    @property
    def scope(self) -> str:
        return f"{self.index.engine}/{self._scope}"

    @Once
    def thumbnails(self) -> "Thumbnails":
        return _thumbnails(self._stores.kept / "thumbnails", self._stores.mirror, list(self.members.values()))

    @property
    def uploads(self) -> "Uploads":
        _refuse()

    @property
    def parts(self) -> "Uploads":
        _refuse()

    @property
    def library(self) -> "Library":
        _refuse()

    def read(self, path: str) -> bytes:
        return next(iter(self.members.values())).read(path)

    def start(self) -> None:
        self.model.load()

    def close(self) -> None:
        """Nothing of its own goes on."""

    def reembed(self, *, prunes: bool = False, by: Actor = APP) -> int | None:
        _refuse()

    @property
    def versions(self) -> "VersionControl":
        _refuse()

    @property
    def analysis(self) -> "AnalysisServices":
        _refuse()

    def start_uploads(self, ids: Sequence[str], title: str = "", by: Actor = APP, paths: Sequence[str] = ()) -> int:
        _refuse()

    def start_samples(self, by: Actor = APP) -> int:
        _refuse()

    def examples(self) -> tuple[str, ...]:
        return self._searching.examples(lambda: any(member.jobs.busy for member in self.members.values()))

    def is_of(self, members: Mapping[str, Services]) -> bool:
        """Whether it is of these, and of the model that they have by now.

        Raises:
            SeveralCollections: it is not one.
        """
        stamp = common_model(members)
        return self.members == members and (stamp is None or stamp.model_id == self.settings.model_id)


def common_model(members: Mapping[str, Services]) -> ModelStamp | None:
    """The model that made all of those that hold pictures.

    Raises:
        SeveralCollections: there are several.
    """
    stamps = {name: stamp for name, member in members.items() if (stamp := member.model.made_by())}
    if len(set(stamps.values())) > 1:
        made = ", ".join(f"{name} ({_shown(stamp, stamps)})" for name, stamp in stamps.items())
        raise SeveralCollections(
            f"These collections were made with different models, whose scores cannot be compared: {made}.",
            f"Search them one at a time, or give them the same model ({command('collections model NAME MODEL')}, then "
            f"{command('reembed --collection NAME')}).",
        )
    return next(iter(stamps.values()), None)


def _shown(stamp: ModelStamp, stamps: Mapping[str, ModelStamp]) -> str:
    is_told = len({one.model_id for one in stamps.values()}) > 1
    return stamp.model_id if is_told else f"{stamp.model_id}, preprocessing {stamp.preprocessing}"


def _thumbnails(folder: Path, mirror: "Mirror | None", members: Sequence[Services]) -> "Thumbnails":
    from core.images.thumbnails import Thumbnails

    class OfSeveral(Thumbnails):
        """Those of the members, and of what was dropped here."""

        @property
        def is_shared(self) -> bool:
            return any(member.thumbnails.is_shared for member in members)

        def at_hand(self, content_hash: str) -> bytes | None:
            if not self.is_shared:
                return self.read(content_hash)
            places = [*(member.thumbnails.at_hand for member in members), super().at_hand]
            return next(filter(None, (place(content_hash) for place in places)), None)

        def path(self, content_hash: str) -> Path | None:
            places: list[Callable[[str], Path | None]] = [member.thumbnails.path for member in members]
            return next(filter(None, (place(content_hash) for place in (*places, super().path))), None)

    return OfSeveral(folder, mirror)


def _refuse() -> NoReturn:
    raise SeveralCollections("This is done in one collection at a time.", "Choose one of them.")
