"""What is wrong with pictures: measured on drawn ones, found by a job, kept with the records."""

import json

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps
from typer.testing import CliRunner

from core.access.actors import Actor
from core.access.roles import Role
from core.analysis.quality.flags import FLAGS, flagged, keys
from core.analysis.quality.measured import Measured
from core.analysis.quality.measures import Measures
from core.analysis.quality.measuring import measure
from core.analysis.quality.report import having, plain
from core.cli import app
from core.errors import AccessDenied, InvalidQuery
from core.ingest.journal.job import Status
from core.services import shared

WAIT = 30


def scene(size=(640, 480), seed=3) -> Image.Image:
    """Sharp things of many colours and lightnesses."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", size, "#6b8f71")
    draw = ImageDraw.Draw(image)
    for _ in range(400):
        x, y, side = rng.integers(0, size[0]), rng.integers(0, size[1]), rng.integers(4, 60)
        draw.rectangle((int(x), int(y), int(x + side), int(y + side)), tuple(map(int, rng.integers(0, 256, 3))))
    return image


def flags(image: Image.Image, size: tuple[int, int] | None = None) -> list[str]:
    width, height = size or image.size
    return keys(flagged(np.array([measure(image, width, height)], np.float32))[0])


def faced() -> Image.Image:
    """A blurred garden, and something sharp before it."""
    image = scene().filter(ImageFilter.GaussianBlur(14))
    image.paste(scene((200, 160), seed=5), (220, 160))
    return image


def washed_out() -> Image.Image:
    """White nearly everywhere, with something in a corner."""
    image = scene().point([247 + value // 32 for value in range(256)] * 3)
    image.paste(scene((110, 110)), (0, 0))
    return image


def shaken() -> Image.Image:
    """Moved sideways while it was taken."""
    pixels = np.asarray(scene(), np.float32)
    return Image.fromarray(np.mean([np.roll(pixels, step, axis=1) for step in range(16)], axis=0).astype(np.uint8))


def page(text: str = "") -> Image.Image:
    image = Image.new("RGB", (600, 800), "white")
    ImageDraw.Draw(image).text((290, 780), text, fill="black")
    return image


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (scene(), []),
        (scene().filter(ImageFilter.GaussianBlur(8)), ["blurred"]),
        (faced(), []),
        (ImageOps.grayscale(scene()), ["grey"]),
        (ImageOps.grayscale(scene()).convert("RGB"), ["grey"]),
        (scene().point([value // 4 for value in range(256)] * 3), ["dark"]),
        (washed_out(), ["overexposed"]),
        (
            ImageOps.posterize(ImageOps.grayscale(scene()).filter(ImageFilter.MedianFilter(9)), 1),
            ["low-information", "grey"],
        ),
        (shaken(), ["blurred"]),
        (scene((900, 300)), ["odd-aspect"]),
        (scene((300, 900)), ["odd-aspect"]),
        (scene((820, 300)), []),
        (scene((200, 200)), ["small"]),
        (page(), ["near-blank", "overexposed", "grey"]),
        (page("17"), ["near-blank", "overexposed", "grey"]),
        (Image.new("RGB", (1, 1), "black"), ["near-blank", "dark", "grey", "small"]),
    ],
)
def test_what_is_wrong_with_a_picture(image, expected):
    assert flags(image) == expected


def test_blur_depends_neither_on_contrast_nor_on_brightness():
    image = scene()
    pale = image.point([150 + value // 5 for value in range(256)] * 3)
    measured = [measure(one, *one.size).blur for one in (image, pale)]
    assert measured[1] == pytest.approx(measured[0], abs=0.05)


def test_a_picture_nobody_could_look_at_is_told_by_its_size_alone():
    table = np.array([Measures.of_size(100, 20), Measures.of_size(640, 480)], np.float32)
    assert [keys(row) for row in flagged(table)] == [["odd-aspect", "small"], []]
    assert all(len(flag.order(table)) == (2 if flag.key in ("odd-aspect", "small") else 0) for flag in FLAGS)


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    scene().save(folder / "sharp.png")
    scene().filter(ImageFilter.GaussianBlur(5)).save(folder / "soft.png")
    scene().filter(ImageFilter.GaussianBlur(9)).save(folder / "softer.png")
    page().save(folder / "page.png")
    return folder


@pytest.fixture
def checked(services, pictures):
    """Four pictures, indexed and checked."""
    ingest(services, pictures)
    check(services)
    return services


def ingest(services, folder):
    services.jobs.wait(services.library.add([str(folder)], auto_start=True), WAIT)


def check(services):
    job = services.jobs.wait(services.library.analyse("quality"), WAIT)
    assert job.status is Status.DONE, job.error
    return job


def found(services):
    return {record.name: record.quality for batch in services.index.records() for record in batch}


def test_flags_are_kept_with_the_records(checked):
    assert found(checked) == {
        "sharp.png": (),
        "soft.png": ("blurred",),
        "softer.png": ("blurred",),
        "page.png": ("near-blank", "overexposed", "grey"),
    }
    assert checked.index.count(having("blurred")) == 2
    assert checked.index.facets(fields=["quality"])["quality"]["blurred"] == 2


def test_the_worst_come_first_and_are_told_in_words(checked):
    told = plain(checked.analysis.quality.report(3))
    blurred = next(flag for flag in told["flags"] if flag["key"] == "blurred")
    assert (told["pictures"], told["checked"], told["flagged"]) == (4, 4, 3)
    assert (blurred["count"], blurred["filter"]) == (2, "quality:blurred")
    assert [one["name"] for one in blurred["worst"]] == ["softer.png", "soft.png", "sharp.png"]
    assert [one["flagged"] for one in blurred["worst"]] == [True, True, False]
    assert blurred["worst"][0]["said"].startswith("blur 0.")
    only = checked.analysis.quality.report(1, "dark")
    assert [one.flag.key for one in only.found] == ["dark"]
    with pytest.raises(InvalidQuery, match="no quality flag"):
        checked.analysis.quality.report(1, "ugly")


def test_nothing_is_looked_at_twice(checked, pictures, monkeypatch):
    def refuse(*_):
        raise AssertionError

    assert check(checked).total == 0
    (pictures / "soft.png").rename(pictures / "moved.png")
    (pictures / "copy.png").write_bytes((pictures / "page.png").read_bytes())
    monkeypatch.setattr("core.analysis.quality.scan.measure", refuse)
    ingest(checked, pictures)
    check(checked)
    assert found(checked)["copy.png"] == ("near-blank", "overexposed", "grey")
    assert found(checked)["moved.png"] == ("blurred",)


def test_what_comes_in_is_checked_by_itself(checked, pictures):
    scene((900, 250)).save(pictures / "strip.png")
    page("now a page").save(pictures / "sharp.png")
    ingest(checked, pictures)
    job = checked.library.latest_analysis("quality")
    assert checked.jobs.wait(job.id, WAIT).status is Status.DONE
    assert found(checked)["strip.png"] == ("odd-aspect",)
    assert "near-blank" in found(checked)["sharp.png"]


def test_it_goes_on_where_it_was_stopped(services, pictures, monkeypatch):
    """What was measured before the job was closed is not measured again."""
    ingest(services, pictures)
    monkeypatch.setattr("core.analysis.quality.scan.ROUND", 1)
    scan = services.analysis.get("quality")
    running = scan.run(None)
    for _ in range(3):  # what is known, and two pictures
        next(running)
    running.close()
    assert len(Measured.read(services.analysis.kept.of("quality")).contents) == 2
    seen = []
    monkeypatch.setattr("core.analysis.quality.scan.measure", lambda *picture: seen.append(1) or measure(*picture))
    check(services)
    assert len(seen) == 2
    assert found(services)["softer.png"] == ("blurred",)


def test_without_a_thumbnail_the_file_is_looked_at(services, pictures):
    ingest(services, pictures)
    for thumbnail in services.thumbnails.folder.rglob("*.jpg"):
        thumbnail.unlink()
    (pictures / "soft.png").unlink()
    check(services)
    assert found(services)["softer.png"] == ("blurred",)
    assert found(services)["soft.png"] == ()


def test_a_viewer_may_not_start_it(services):
    with pytest.raises(AccessDenied):
        services.library.analyse("quality", by=Actor("Vera", role=Role.VIEWER))


def test_the_command_checks_and_tells(services, pictures):
    ingest(services, pictures)
    told = json.loads(command("quality", "--json").stdout)
    assert {flag["key"]: flag["count"] for flag in told["flags"]}["blurred"] == 2
    lines = command("quality", "--kept").stdout.splitlines()
    assert lines[-1] == "4 pictures checked, 3 with any flag."
    assert any(line.split() == ["2", "Blurred", "quality:blurred"] for line in lines)
    worst = command("quality", "blurred", "-n", "1", "--kept").stdout.splitlines()
    assert worst[1].startswith("* blur 0.")
    assert worst[1].endswith("softer.png")
    assert command("quality", "ugly").exit_code == 1


def command(*arguments):
    shared.cache_clear()  # as each command is a process of its own
    return CliRunner(mix_stderr=False).invoke(app, arguments)
