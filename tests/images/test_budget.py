"""The memory that pictures may take while they are decoded."""

import threading
from io import BytesIO

import pytest
from PIL import Image

from core.errors import UnreadableImage
from core.images.reading import budget
from core.images.reading.budget import Budget
from core.images.reading.reader import open_upright

SECONDS = 20


class Worker:
    """A thread that takes a share and holds it until it is told."""

    def __init__(self, budget, amount, order=None):
        self.holds, self.end = threading.Event(), threading.Event()
        self.order = order

        def run():
            with budget.hold(amount):
                if order is not None:
                    order.append(amount)
                self.holds.set()
                self.end.wait(SECONDS)

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def finish(self):
        self.end.set()
        self.thread.join(SECONDS)
        assert not self.thread.is_alive()


def queued(budget, count):
    """Wait until so many stand in line."""
    deadline = threading.Event()
    for _ in range(1000):
        if budget.queued == count:
            return
        deadline.wait(0.01)
    raise AssertionError(f"{budget.queued} are waiting, not {count}")


def test_no_more_than_there_is():
    budget = Budget(100)
    first, second = Worker(budget, 60), Worker(budget, 40)
    assert first.holds.wait(SECONDS)
    assert second.holds.wait(SECONDS)
    third = Worker(budget, 1)
    queued(budget, 1)
    assert budget.held == 100
    first.finish()
    assert third.holds.wait(SECONDS)
    second.finish()
    third.finish()
    assert budget.held == 0


def test_in_the_order_of_asking():
    """A large one is not passed by small ones that would fit, and what is larger than all has all of it."""
    budget, order = Budget(100), []
    first = Worker(budget, 50)
    assert first.holds.wait(SECONDS)
    others = []
    for number, amount in enumerate((500, 10, 20), 1):
        others.append(Worker(budget, amount, order))
        queued(budget, number)
    assert order == []
    first.finish()
    assert others[0].holds.wait(SECONDS)
    queued(budget, 2)
    assert order == [500]
    others[0].finish()
    for other in others[1:]:
        assert other.holds.wait(SECONDS)
        other.finish()
    assert sorted(order[1:]) == [10, 20]


def test_who_holds_some_may_need_more():
    budget = Budget(100)
    with budget.hold(80), budget.hold(80):
        assert budget.held == 160


def test_who_hold_some_and_need_more_do_not_wait_for_each_other():
    budget, ready, done = Budget(100, collect_after=SECONDS), threading.Barrier(2), []  # it is not time that helps

    def run(number):
        with budget.hold(50):
            ready.wait(SECONDS)
            with budget.hold(50):
                done.append(number)

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert sorted(done) == [0, 1]
    assert budget.held == 0


def test_who_holds_some_comes_before_who_holds_none():
    budget, done = Budget(100), []
    with budget.hold(60):
        other = Worker(budget, 60, done)
        queued(budget, 1)
        with budget.hold(100):
            assert done == []
    assert other.holds.wait(SECONDS)
    other.finish()


def test_what_fails_gives_it_back():
    budget = Budget(100)
    with pytest.raises(ValueError, match="broken"), budget.hold(100):
        raise ValueError("broken")
    assert budget.held == 0


def test_a_picture_is_counted_as_long_as_there_is_one():
    budget = Budget(1000)
    with budget.hold(900) as share:
        image = Image.new("RGB", (10, 5))
        budget.keep(share, image)
    assert budget.held == 200
    cycle = [image]
    cycle.append(cycle)  # type: ignore[arg-type]
    del image, cycle  # which the garbage collector finds when somebody waits
    other = Worker(budget, 1000)
    assert other.holds.wait(SECONDS)
    assert budget.held == 1000
    other.finish()


def blocks():
    """Pieces of memory in which Pillow holds pixels."""
    stats = Image.core.get_stats()  # type: ignore[attr-defined]
    return stats["allocated_blocks"] - stats["freed_blocks"]


@pytest.fixture
def left(monkeypatch):
    """How many of those there are more than before, each time that a picture gives up its share of the budget."""
    counts, before = [], blocks()
    for name in ("keep", "give_up"):
        real = getattr(Budget, name)

        def count(self, *args, real=real):
            counts.append(blocks() - before)
            real(self, *args)

        monkeypatch.setattr(Budget, name, count)
    return counts


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "HEIF", "JPEG2000", "TIFF", "GIF"])
def test_the_next_one_waits_until_the_pixels_are_gone(monkeypatch, left, kind, encoded):
    monkeypatch.setattr("core.images.reading.shrinking.LARGE", 1)
    data = encoded(Image.new("RGB", (400, 300), "red"), kind)
    image = open_upright(data, "x", enough=20).image
    assert left == [1]  # the small one
    assert max(image.size) < 400


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "JPEG2000"])
def test_an_error_that_is_kept_holds_no_pixels(left, kind, encoded):
    data = encoded(Image.effect_noise((400, 300), 99).convert("RGB"), kind)
    with pytest.raises(UnreadableImage) as caught:
        open_upright(data[: len(data) // 2], "x")
    assert left == [0]
    assert caught.value.__cause__


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "JPEG2000", "PNG"])
def test_what_takes_too_much_memory_is_refused_by_its_header(monkeypatch, kind):
    buffer = BytesIO()
    Image.new("RGB", (400, 300)).save(buffer, kind)
    monkeypatch.setattr("core.images.reading.decoding.MAX_PICTURE_BYTES", 400 * 300)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda _: pytest.fail("decoded"))
    with pytest.raises(UnreadableImage, match=r"400 × 300 pixels.*memory"):
        open_upright(buffer.getvalue(), "x.img")


def test_the_largest_of_common_kinds_are_opened():
    """200 megapixels as PNG, JPEG and HEIC, for what the app needs of them."""
    for kind, mode in (("PNG", "RGB"), ("PNG", "RGBA"), ("JPEG", "RGB"), ("HEIF", "RGB"), ("TIFF", "CMYK")):
        image = Image.new(mode, (1, 1))
        image.format, image._size = kind, (16_320, 12_240)
        assert budget.cost(image, 1, shrinks=True) < budget.MAX_PICTURE_BYTES  # type: ignore[arg-type]
