"""From what visitors have sent to a job that indexes it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from core.access.actors import APP, Actor
from core.access.roles import Role
from core.errors import UploadsGone
from core.images.describe import content_hash
from core.services.stores import Stores

if TYPE_CHECKING:
    from core.ingest.library import Library

_UPLOADS = "Uploaded pictures"


class Sending:
    """Uploads of one index.

    Args:
        library: How the index is filled.
    """

    def __init__(self, stores: Stores, library: "Callable[[], Library]") -> None:
        self._stores, self._library = stores, library

    def start_uploads(self, ids: Sequence[str], title: str = "", by: Actor = APP, paths: Sequence[str] = ()) -> int:
        """Index what a visitor has sent, pictures and archives; returns the job's id.

        Raises:
            UploadsGone: nothing of it is there.
            AccessDenied: they may not.
        """
        by.check(Role.ADMIN)
        uploads = self._stores.uploads
        pictures = [path for id_ in ids if (path := uploads.path(id_))]
        locations = [str(path) for id_ in ids if (path := uploads.archive(id_))]
        if pictures and paths:
            locations.insert(0, str(self._dataset(ids, paths)))
            return self._library().add(locations, title or Path(locations[0]).name, auto_start=True, by=by)
        if pictures:
            locations = [*self._lists(pictures), *locations]
        if not locations:
            raise UploadsGone("These uploads are no longer here.", "Upload them again.")
        words = "Uploaded picture" if len(pictures) == 1 else f"{len(pictures):,} uploaded pictures"
        return self._library().add(locations, title or (words if pictures else ""), auto_start=True, by=by)

    def start_samples(self, by: Actor = APP) -> int:
        """Index the sample pictures; returns the job's id."""
        by.check(Role.ADMIN)
        from core.sources.samples import sample_pictures

        listed = self._listed(sample_pictures())
        return self._library().add([listed], "Sample pictures", auto_start=True, by=by)

    def name_of(self, path: str) -> str:
        """What to call the picture of a path, or the place that others are in."""
        from core.sources.remote.urls import is_url

        stores, uploads, name = self._stores, self._stores.uploads, path.rpartition("/")[2]
        if Path(path) == uploads.folder or (stores.shared and stores.shared.local(path) == uploads.folder):
            return _UPLOADS
        return unquote(name) if is_url(path) else uploads.name_of(Path(path)) or name

    def _dataset(self, ids: Sequence[str], paths: Sequence[str]) -> Path:
        """The folder of a dataset, of files that were uploaded one by one."""
        from core.sources.uploaded import put

        uploads, parts = self._stores.uploads, self._stores.parts
        kept = ((path, uploads.path(id_) or parts.path(id_)) for id_, path in zip(ids, paths, strict=True))
        folder = put(self._stores.datasets, {path: file for path, file in kept if file})
        if self._stores.shared:
            self._stores.shared.share(folder)
        return folder

    def _lists(self, pictures: Sequence[Path]) -> list[str]:
        """The locations of lists of these uploads."""
        if not self._stores.shared:
            return [self._listed(pictures, self._stores.uploads.folder)]
        places: dict[Path, list[Path]] = {}
        for path in (Path(self._stores.shared.uploads.known_as(one.stem)) for one in pictures):
            places.setdefault(path.parents[1], []).append(path)  # of each machine that took some
        return [self._listed(paths, folder) for folder, paths in places.items()]

    def _listed(self, paths: Sequence[Path], folder: Path | None = None) -> str:
        """The location of a list of these files."""
        from core.sources.listed import SUFFIX, write_list

        name = content_hash("\n".join(map(str, paths)).encode(errors="surrogateescape"))[:16]
        file = (self._stores.lists if folder else self._stores.jobs) / f"{name}{SUFFIX}"
        write_list(file, paths, folder)
        if folder and (mirror := self._stores.mirror):
            mirror.push(file)
        return str(file)
