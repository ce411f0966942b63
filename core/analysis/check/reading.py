"""The files of a check, read ahead: hashed, and opened where the collection has none of these bytes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from PIL import Image

from core.embedding.crop import enough
from core.embedding.embedder import Embedder
from core.errors import ImageSearchError
from core.images.describe import content_hash
from core.images.reading.reader import open_upright
from core.images.thumbnails import SIDE, miniature
from core.index.records import ImageRecord
from core.ingest.pipeline.read_ahead import ReadAhead
from core.sources.source import Found, Skipped, Source

_WORKERS, _AHEAD = 2, 6
_PATIENCE = 120.0  # seconds for one file


@dataclass(frozen=True, slots=True)
class File:
    """A file to be checked, unopened."""

    source: Source
    path: str
    name: str
    skipped: str = ""
    """Why it is not read."""


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was read."""

    file: File
    content_hash: str
    size: int
    match: ImageRecord | None = None
    """With the same bytes; then it was not opened."""
    image: Image.Image | None = None
    """What the model looks at."""
    thumbnail: bytes = b""
    phash: str = ""
    width: int = 0
    height: int = 0
    format: str = ""


def found(sources: Sequence[Source], names: Mapping[str, str]) -> Iterator[File]:
    """The files of these sources; what is not read with the reason.

    Args:
        names: What to call what lies in uploads, by their locations.
    """
    for source in sources:
        title = names.get(source.location)
        for one in source.find():
            inner = one.path.removeprefix(source.location).lstrip("/")
            shown = one.path if title is None else f"{title}/{inner}" if inner else title
            match one:
                case Found(path):
                    yield File(source, path, shown)
                case Skipped(path, reason):
                    yield File(source, path, shown, reason)


def read(
    files: Sequence[File], by_content: Callable[[str], ImageRecord | None], embedder: Embedder | None
) -> Iterator[tuple[File, Read | str]]:
    """Each file in its order, read; or why it cannot be.

    Args:
        embedder: None where the collection is empty: nothing is to be embedded.
    """

    def work(file: File) -> Read | str:
        if file.skipped:
            return file.skipped
        try:
            return _read(file, by_content, embedder)
        except ImageSearchError as error:
            return str(error)

    with closing(ReadAhead(iter(files), work, _WORKERS, _PATIENCE)) as ahead:
        ahead.fill(_AHEAD)
        while taken := ahead.take():
            ahead.fill(_AHEAD)
            file, done = taken
            yield (
                file,
                done if done is not None else "It could not be read in two minutes. Check that its drive answers.",
            )


def _read(file: File, by_content: Callable[[str], ImageRecord | None], embedder: Embedder | None) -> Read:
    data = file.source.read(file.path)
    digest = content_hash(data)
    if match := by_content(digest):
        return Read(file, digest, len(data), match, width=match.width, height=match.height, format=match.format)
    needed = max(SIDE, enough(embedder.crop[0])) if embedder else SIDE
    opened = open_upright(data, file.name, needed)
    described = opened.describe(digest, len(data), 0)
    image = embedder.prepare(opened.image) if embedder else None
    sizes = described.width, described.height, described.format
    return Read(file, digest, len(data), None, image, miniature(opened.image), described.phash, *sizes)
