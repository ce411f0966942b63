"""Removing takes records and thumbnails, never files, and nothing beside what was named."""

import shutil


def index(services, tmp_path):
    for _ in services.ingest([tmp_path / "pictures"]):
        pass


def test_a_folder_goes_and_its_neighbour_stays(services, picture, tmp_path):
    inside, neighbour = picture("a/red.png"), picture("ab/blue.png")
    index(services, tmp_path)
    assert services.library.remove([str(tmp_path / "pictures" / "a")]) == 1
    assert inside.exists()
    assert [record.name for records, _ in services.index.scan() for record in records] == [neighbour.name]


def test_a_file_that_no_longer_exists(services, picture, tmp_path):
    path = picture("red.png")
    index(services, tmp_path)
    path.unlink()
    assert services.library.remove([str(path)]) == 1
    assert services.index.count() == 0


def test_the_thumbnail_goes_with_the_last_copy(services, picture, tmp_path):
    original = picture("red.png")
    shutil.copy(original, copy := original.with_name("copy.png"))
    index(services, tmp_path)
    digest = next(services.index.scan())[0][0].content_hash
    services.library.remove([str(copy)])
    assert services.thumbnails.path(digest)
    services.library.remove([str(original)])
    assert services.thumbnails.path(digest) is None


def test_nothing_there_is_nothing_removed(services, tmp_path):
    assert services.library.remove([str(tmp_path)]) == 0


def test_what_others_remove_at_the_same_time_is_not_counted(services, picture, tmp_path, monkeypatch):
    for name in ("red.png", "blue.png", "green.png"):
        picture(name)
    index(services, tmp_path)
    delete = services.index.delete

    def after_another(ids):
        delete(ids[:1])
        return delete(ids)

    monkeypatch.setattr(services.index, "delete", after_another)
    assert services.library.remove([str(tmp_path)]) == 2
