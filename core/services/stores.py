"""What is kept in the data folder beside the index: thumbnails, previews, and what was sent."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from core.config import Settings
from core.services.once import Once, Opening
from core.storage import remove_broken_off

if TYPE_CHECKING:  # a search for words needs no pictures
    from core.images.previews import Previews
    from core.images.thumbnails import Thumbnails
    from core.images.uploads import Uploads

_QUERIES_KEPT = timedelta(days=30)
_CHECKED_KEPT = timedelta(days=1)


class Stores(Opening):
    """Building it does no I/O."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings

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
        return self.folder / "datasets"

    @property
    def sent(self) -> Path:
        return (self.folder / "uploads").resolve()  # as records have it

    @Once
    def thumbnails(self) -> "Thumbnails":
        from core.images.thumbnails import Thumbnails

        return Thumbnails(self.folder / "thumbnails")

    @Once
    def previews(self) -> "Previews":
        from core.images.previews import Previews

        # Hidden, and so never indexed, as the pictures of queries are.
        return Previews(self.folder / ".previews", self._settings.preview_mb << 20)

    @Once
    def uploads(self) -> "Uploads":
        """What was sent to be indexed."""
        from core.images.uploads import Uploads

        return Uploads(self.sent, self._settings.upload_mb << 20, self._settings.archive_mb << 20)

    @Once
    def parts(self) -> "Uploads":
        """What was sent to be indexed with pictures: files that say what is in them."""
        from core.images.uploads import Uploads
        from core.sources.uploaded import MAX_FILE_BYTES

        return Uploads(self.folder / ".parts", MAX_FILE_BYTES, unread=True)

    @Once
    def queries(self) -> "Uploads":
        """Pictures that were dropped to search with."""
        from core.images.uploads import Uploads

        return Uploads(self.folder / ".queries", self._settings.upload_mb << 20)

    @Once
    def checked(self) -> "Uploads":
        """What was sent to be looked up."""
        from core.images.uploads import Uploads

        return Uploads(self.folder / ".checked", self._settings.upload_mb << 20, self._settings.archive_mb << 20)

    def tidy(self) -> None:
        """Remove dropped pictures that nobody has searched with for long, and files whose writing was broken off."""
        self.queries.expire(_QUERIES_KEPT)
        self.parts.expire(_QUERIES_KEPT)  # datasets have their own
        self.checked.expire(_CHECKED_KEPT)
        for store in (self.queries, self.parts, self.checked, self.uploads, self.thumbnails, self.previews):
            store.clean()
        remove_broken_off([self.learned, self.jobs])
