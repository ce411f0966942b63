"""The speed of a machine, guessed from a few files."""

from core.ingest.journal.job import Planned, PlannedFile
from core.ingest.pipeline.prepare import Prepare
from core.ingest.pipeline.throughput import FILES, trial
from core.sources.folder import FolderSource


def planned(paths):
    return [PlannedFile(at, 0, str(path), 1, 1, Planned.NEW) for at, path in enumerate(paths, 1)]


def make_prepare(services, embedder, folder):
    return Prepare([FolderSource(folder)], embedder, services.thumbnails, lambda path: path)


def test_a_few_files_are_enough_and_nothing_is_stored(services, embedder, picture):
    paths = [picture(f"{at}.png", "red", size=(at + 1, 10)).resolve() for at in range(FILES + 3)]
    rate = trial(planned(paths), make_prepare(services, embedder, paths[0].parent))
    assert rate > 0
    assert embedder.embedded_images == FILES
    assert services.index.count() == 0
    assert not services.thumbnails.folder.exists()


def test_files_that_cannot_be_read_say_nothing(services, embedder, tmp_path):
    (bad := tmp_path / "bad.png").write_text("words")
    assert trial(planned([bad.resolve()]), make_prepare(services, embedder, tmp_path)) is None
    assert trial([], make_prepare(services, embedder, tmp_path)) is None
