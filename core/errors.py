"""What may go wrong, worded for the person who uses the app.

Every error here is expected: the pages show its title, message and remedy, the command line prints it in one
line and exits with 1, the HTTP routes answer it as JSON. Anything else that is raised is a defect.
"""

from enum import StrEnum
from typing import ClassVar


class Problem(StrEnum):
    """Which of three situations it is in that a file is not read. There are others: no permission, no drive, too
    large."""

    NOT_A_PICTURE = "not_a_picture"
    UNSUPPORTED = "unsupported"
    """A picture, of a kind that is not read."""
    DAMAGED = "damaged"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")

    @property
    def plural(self) -> str:
        """Behind a number other than one."""
        return "not pictures" if self is Problem.NOT_A_PICTURE else self.words


class ImageSearchError(Exception):
    """The parent of all expected errors.

    Args:
        message: What happened, naming the file, folder or address it happened to.
        remedy: What the reader can do about it, as a sentence of its own.
    """

    title: ClassVar[str] = "Something went wrong"

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class InvalidSetting(ImageSearchError):
    title = "A setting is wrong"


class NotSignedIn(ImageSearchError):
    """Nobody knows who asks: not signed in, or not any more; or a token that is none."""

    title = "You are not signed in"


class AccessDenied(ImageSearchError):
    """It is known who asks, and they may not do this."""

    title = "You may not do this"


class TokenRefused(ImageSearchError):
    title = "This token cannot be made"


class InvalidQuery(ImageSearchError):
    title = "This search cannot be run"


class MeasurementRefused(ImageSearchError):
    """Finding out how good searches are would keep the index from answering others."""

    title = "This cannot be measured"


class MeasurementBusy(MeasurementRefused):
    """Two at once would disturb each other."""


class InvalidTags(ImageSearchError):
    title = "These tags cannot be given"


class FolderRefused(ImageSearchError):
    title = "This folder cannot be read"


class UnreadableImage(ImageSearchError):
    title = "This picture cannot be read"
    problem: ClassVar[Problem | None] = None


class NotAPicture(UnreadableImage):
    title = "This is not a picture"
    problem = Problem.NOT_A_PICTURE


class UnsupportedPicture(UnreadableImage):
    title = "This kind of picture is not supported"
    problem = Problem.UNSUPPORTED


class DamagedPicture(UnreadableImage):
    title = "This picture is damaged"
    problem = Problem.DAMAGED


class TooLarge(UnreadableImage):
    title = "This file is too large"


class UnreadableArchive(UnreadableImage):
    title = "This ZIP file cannot be read"


class DamagedArchive(UnreadableArchive):
    problem = Problem.DAMAGED


class ArchiveUnavailable(UnreadableArchive):
    """It is not there, or its drive does not give it: nothing is known to be wrong with it."""


class UnreadableLabels(UnreadableImage):
    title = "The labels of this dataset cannot be read"


class NotIndexed(ImageSearchError):
    """What is asked for is not in the index (any more): nothing is known of its file."""

    title = "This is not in the index"


class UploadsGone(ImageSearchError):
    """What somebody has sent was not kept until it was to be indexed."""

    title = "These uploads are gone"


class SourceRefused(FolderRefused):
    """An address that may not be read, or cannot."""

    title = "This URL cannot be read"


class SourceUnavailable(ImageSearchError):
    """A source that was there when it was planned no longer responds: nothing is wrong with its files."""

    title = "The pictures cannot be reached"


class ModelUnavailable(ImageSearchError):
    title = "The model is not available"


class EmbeddingServersAway(ModelUnavailable):
    """None can embed for the moment: that may pass by itself."""

    title = "The embedding servers are not available"


class ClusterUnavailable(ImageSearchError):
    """The machines that are to read and embed cannot be reached, or not used: nothing is wrong with the pictures."""

    title = "The Ray cluster cannot be used"


class PicturesLost(ImageSearchError):
    """Some pictures have neither a file nor a thumbnail any more: another model cannot embed them."""

    title = "Some pictures cannot be re-embedded"


class ModelMismatch(ImageSearchError):
    title = "The index was made with another model"


class IndexUnavailable(ImageSearchError):
    """The index does not answer, or refuses: nothing is wrong with the pictures or the query."""

    title = "The index is not available"


class VersionRefused(ImageSearchError):
    """There is no such version of the index, or it is in use."""

    title = "This version cannot be used"


class StorageUnavailable(ImageSearchError):
    """A file of ours cannot be written: nothing is wrong with the pictures or the query."""

    title = "The data folder cannot be written"


class StoreUnavailable(StorageUnavailable):
    """Likewise in the store that all app processes share."""

    title = "The store is not available"


class StorageFull(StorageUnavailable):
    title = "There is no space left"


class JournalUnavailable(ImageSearchError):
    title = "The job database is not available"


class SavedRefused(ImageSearchError):
    title = "This search cannot be saved"


class ClassesRefused(ImageSearchError):
    title = "This class list cannot be kept"


class NoSuchClassList(ImageSearchError):
    title = "There is no such class list"


class LabelsRefused(ImageSearchError):
    """What is said of a label cannot be kept, or nothing is known of the labels yet."""

    title = "This cannot be said of a label"


class JobRefused(ImageSearchError):
    title = "This is not possible now"


class NoSuchJob(JobRefused):
    title = "There is no such job"


class EndpointMissing(ImageSearchError):
    """No endpoint was chosen that questions could be sent to."""

    title = "No model was chosen"


class EndpointFailed(ImageSearchError):
    """The endpoint that questions are sent to gives no answer, or no whole one."""

    title = "The model does not answer"


class NoSuchCollection(ImageSearchError):
    title = "There is no such collection"


class CollectionRefused(ImageSearchError):
    """A collection cannot be made, changed or deleted so."""

    title = "This collection cannot be changed so"


class SeveralCollections(ImageSearchError):
    """What is wanted is possible in one collection at a time."""

    title = "Choose one collection"


class DuplicatesRefused(ImageSearchError):
    """What is decided about duplicates does not go with what there is."""

    title = "This cannot be decided so"


class ExportRefused(ImageSearchError):
    """Nothing can be written there."""

    title = "Nothing was exported"


class ImportRefused(ImageSearchError):
    """What is to be imported is not whole, not of this app, or does not go with the collection."""

    title = "This cannot be imported"


class NotMade(ImageSearchError):
    """What an analysis would tell: it was not carried out yet."""

    title = "This is not there yet"


class MapChanged(ImageSearchError):
    """Points are numbered otherwise by now."""

    title = "The map has changed"


class NameRefused(ImageSearchError):
    title = "This name cannot be given"


class SelectionRefused(ImageSearchError):
    title = "This cannot be selected"


class InvalidEmbedding(ImageSearchError):
    """A vector that no index can hold: of the wrong length, not finite, or of length zero."""

    title = "The model gave an unusable result"
