"""By which model a version of the index was made, and whether there is room for another."""

from core.embedding.embedder import Embedder
from core.errors import StorageFull, VersionRefused
from core.index.index import Index, ModelStamp
from core.index.versions import Version
from core.text.command import command
from core.text.words import file_size

_MARGIN = 1.1


def stamp_of_version(index: Index, number: int | None) -> ModelStamp:
    """
    Raises:
        VersionRefused: there is no such version.
    """
    found: Version | None = next((one for one in index.versions.all() if one.number == number), None)
    if found is None:
        raise VersionRefused(f"There is no version {number}.", f"List them: {command('versions')}")
    return found.stamp


def stamp_of(embedder: Embedder) -> ModelStamp:
    return ModelStamp(embedder.model_id, embedder.dims, embedder.preprocessing)


def check_room(index: Index, stamp: ModelStamp) -> None:
    """
    Raises:
        StorageFull: another version of this model does not fit beside those that are there.
    """
    room = index.versions.room(stamp)
    if room.free is not None and room.needed * _MARGIN > room.free:
        raise StorageFull(
            f"Another version of the index takes about {file_size(room.needed)}, and {file_size(room.free)} are free "
            f"at {index.location}.",
            f"Free some space, or delete versions that are not in use: {command('versions')}",
        )
