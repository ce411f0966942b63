"""What is kept in the data folder beside the index: thumbnails, previews, and what was sent."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from core.config import Settings
from core.services.once import Once, Opening
from core.storage import remove_broken_off
from core.store.address import MIRROR, check_driver

if TYPE_CHECKING:  # a search for words needs no pictures
    from core.images.previews import Previews
    from core.images.thumbnails import Thumbnails
    from core.images.uploads import Uploads
    from core.sources.sent import Sent
    from core.store.mirror import Mirror

_QUERIES_KEPT = timedelta(days=30)
_CHECKED_KEPT = timedelta(days=1)


class Stores(Opening):
    """Building it does no I/O."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        if settings.store:
            check_driver(settings.store)

    @Once
    def mirror(self) -> "Mirror | None":
        """Of the store that has what other processes need, too; None where the data folder has it."""
        if not self._settings.store:
            return None
        from core.store.mirror import Mirror

        return Mirror(self.folder / MIRROR, self._settings.store, self._settings.store_cache_mb << 20)

    @property
    def kept(self) -> Path:
        """Where all that is in."""
        return self.mirror.root if self.mirror else self.folder

    @property
    def folder(self) -> Path:
        return self._settings.data_dir

    @property
    def learned(self) -> Path:
        return self.folder / "calibration"

    @property
    def jobs(self) -> Path:
        return self.folder / "jobs"

    @property
    def datasets(self) -> Path:
        return self.kept / "datasets"

    @property
    def lists(self) -> Path:
        """Of files that were sent at one time."""
        return self.kept / "lists" if self.mirror else self.jobs

    @property
    def sent(self) -> Path:
        return (self.kept / "uploads").resolve()  # as records have it

    @Once
    def thumbnails(self) -> "Thumbnails":
        from core.images.thumbnails import Thumbnails

        return Thumbnails(self.kept / "thumbnails", self.mirror)

    @Once
    def previews(self) -> "Previews":
        from core.images.previews import Previews

        # Hidden, and so never indexed, as the pictures of queries are.
        return Previews(self.folder / ".previews", self._settings.preview_mb << 20)

    @Once
    def uploads(self) -> "Uploads":
        """What was sent to be indexed."""
        return self._uploads("uploads", self._settings.upload_mb << 20, self._settings.archive_mb << 20)

    @Once
    def shared(self) -> "Sent | None":
        """What was sent, where a store has it."""
        if not self.mirror:
            return None
        from core.images.shared_uploads import SharedUploads
        from core.sources.sent import Sent

        assert isinstance(self.uploads, SharedUploads)
        return Sent(self.mirror, self.uploads)

    @Once
    def parts(self) -> "Uploads":
        """What was sent to be indexed with pictures: files that say what is in them."""
        from core.sources.uploaded import MAX_FILE_BYTES

        return self._uploads(".parts", MAX_FILE_BYTES, unread=True)

    @Once
    def queries(self) -> "Uploads":
        """Pictures that were dropped to search with."""
        return self._uploads(".queries", self._settings.upload_mb << 20)

    @Once
    def checked(self) -> "Uploads":
        """What was sent to be looked up."""
        return self._uploads(".checked", self._settings.upload_mb << 20, self._settings.archive_mb << 20)

    def _uploads(self, name: str, limit: int, archive_limit: int = 0, *, unread: bool = False) -> "Uploads":
        if self.mirror:
            from core.images.shared_uploads import SharedUploads

            return SharedUploads(self.kept / name, limit, archive_limit, unread=unread, mirror=self.mirror)
        from core.images.uploads import Uploads

        return Uploads(self.folder / name, limit, archive_limit, unread=unread)

    def tidy(self) -> None:
        """Remove dropped pictures that nobody has searched with for long, and files whose writing was broken off."""
        self.queries.expire(_QUERIES_KEPT)
        self.parts.expire(_QUERIES_KEPT)  # datasets have their own
        self.checked.expire(_CHECKED_KEPT)
        for store in (self.queries, self.parts, self.checked, self.uploads, self.thumbnails, self.previews):
            store.clean()
        remove_broken_off([self.learned, self.jobs])
        if self.mirror:
            self.mirror.clean()
