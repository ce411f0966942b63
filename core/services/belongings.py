"""What belongs to one collection, and where it is kept: index, model, pictures that were sent, notes."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.config import Settings
from core.index.factory import open_index
from core.index.index import Index
from core.model import IndexModel
from core.model_pool import ModelPool
from core.services.once import Once, Opening
from core.services.stores import Stores
from core.text.redaction import keep_out_of_logs

if TYPE_CHECKING:  # a search for words needs neither database nor pictures: what else is here is imported when used
    from core.access.audit import Audit
    from core.images.previews import Previews
    from core.images.thumbnails import Thumbnails
    from core.images.uploads import Uploads
    from core.saved import SavedSearches
    from core.search.pasted import PastedPictures
    from core.sources.sent import Sent
    from core.store.mirror import Mirror


class Belongings(Opening):
    """All that is a collection's own. Building it does no I/O and loads no model.

    Args:
        command_line: Whether it is for a command, whose process needs no other for the model, and whose user may have
            any address read by naming it: the limits of the app do not apply.
        models: Those that are loaded in this process, for whichever collection.
        index: Where it is not the one that the settings name.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        command_line: bool = False,
        models: ModelPool | None = None,
        index: Index | None = None,
    ) -> None:
        super().__init__()
        keep_out_of_logs(settings.secrets)
        self.settings = settings
        self.index = index or open_index(settings)
        self.model = IndexModel(settings, self.index, in_process=command_line, start=models.start if models else None)
        self._command_line = command_line
        self._stores = Stores(settings)

    @property
    def name(self) -> str:
        """Of the collection."""
        return self.settings.index_name

    @property
    def opens_elsewhere(self) -> Callable[[], Index] | None:
        """Opens the index in other processes; None where only one may write to it."""
        return partial(open_index, self.settings) if self.settings.uses_elasticsearch else None

    @property
    def kept_in(self) -> Path:
        """The folder of what a store has where there is one, and else the data folder."""
        return self._stores.kept

    @property
    def mirror(self) -> "Mirror | None":
        """Of that folder; None where there is no store."""
        return self._stores.mirror

    @property
    def shared(self) -> "Sent | None":
        """What was sent, where a store has it."""
        return self._stores.shared

    @property
    def sent(self) -> Sequence[Path]:
        """The folders of uploads, as records have them."""
        return [self._stores.sent]

    @property
    def is_command_line(self) -> bool:
        """Whether it is for a command."""
        return self._command_line

    @property
    def is_several(self) -> bool:
        """Whether several collections are searched as one."""
        return False

    @property
    def thumbnails(self) -> "Thumbnails":
        return self._stores.thumbnails

    @property
    def previews(self) -> "Previews":
        return self._stores.previews

    @property
    def uploads(self) -> "Uploads":
        """What was sent to be indexed."""
        return self._stores.uploads

    @property
    def parts(self) -> "Uploads":
        """What was sent to be indexed with pictures: files that say what is in them."""
        return self._stores.parts

    @property
    def queries(self) -> "Uploads":
        """Pictures that were dropped to search with."""
        return self._stores.queries

    @property
    def checked(self) -> "Uploads":
        """What was sent to be looked up, and is not indexed."""
        return self._stores.checked

    @Once
    def pasted(self) -> "PastedPictures":
        from core.search.pasted import PastedPictures

        return PastedPictures(self.index, self.queries, self.settings.library_roots, self.settings.urls)

    @Once
    def audit(self) -> "Audit":
        """Who did what with the index."""
        from core.access.audit import Audit
        from core.database import Database

        return Audit(Database(self.settings.journal), self.scope)

    @Once
    def saved(self) -> "SavedSearches":
        """The searches that somebody keeps."""
        from core.saved import SavedSearches

        return SavedSearches(self.settings.journal, self.scope)

    @property
    def scope(self) -> str:
        """Which index of the journal is meant."""
        return f"{self.index.engine}/{self.index.name}"
