"""Flags of quality beside CleanVision's on the same pictures, and on damage that was done on purpose.

pictures  COCO128 and the photographs that scikit-image brings, as they are, and with damage: blurred by a share of
          their size, darkened, overexposed, without colours, cut to a strip, made small, reduced to few shades; and
          pages with nothing or nearly nothing on them
truth     of the damaged ones what was done, of the others nothing: how many of it is found, and how much else is said
agreement of each flag with CleanVision's on all of them: how often both say the same, and how much more often than
          chance would (Cohen's kappa)

Pictures are measured as the app does: on their thumbnails. CleanVision is installed into an environment of its own from
the package registry, and kept in the temporary folder.
"""

import argparse
import json
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from benchmarks.data import TEST_DATA
from benchmarks.environments import python_with
from benchmarks.table import Target, say, show
from core.analysis.quality.flags import BY_KEY, FLAGS, flagged
from core.analysis.quality.measuring import measure
from core.images.reading.reader import open_upright
from core.images.thumbnails import SIDE, miniature

CLEANVISION = "0.3.7"
FOUND, AGREEMENT = 0.9, 0.9
FOUND_FEW_SHADES = 0.8  # the JPEG of a thumbnail brings some back
THEIRS = {
    "blurred": "blurry",
    "dark": "dark",
    "overexposed": "light",
    "low-information": "low_information",
    "grey": "grayscale",
    "odd-aspect": "odd_aspect_ratio",
    "small": "odd_size",
}

type Damage = Callable[[Image.Image, np.random.Generator], Image.Image]


def _blurred(share: float) -> Damage:
    return lambda image, _: image.filter(ImageFilter.GaussianBlur(share * max(image.size)))


def _shades(image: Image.Image, scale: float, start: float = 0.0) -> Image.Image:
    return image.point([round(start + scale * value) for value in range(256)] * 3)


def _strip(image: Image.Image, _: np.random.Generator) -> Image.Image:
    height = max(8, image.width // 4)
    return image.crop((0, 0, image.width, min(height, image.height)))


def _small(image: Image.Image, _: np.random.Generator) -> Image.Image:
    return ImageOps.contain(image, (160, 160))


def _few_shades(image: Image.Image, _: np.random.Generator) -> Image.Image:
    return ImageOps.posterize(ImageOps.grayscale(image).filter(ImageFilter.MedianFilter(9)), 2).convert("RGB")


DAMAGE: dict[str, tuple[str, Damage]] = {
    "blurred by 1 %": ("blurred", _blurred(0.01)),
    "blurred by 2 %": ("blurred", _blurred(0.02)),
    "shaken": ("blurred", lambda image, _: _shaken(image)),
    "darkened to a quarter": ("dark", lambda image, _: _shades(image, 0.25)),
    "overexposed": ("overexposed", lambda image, _: _shades(image, 0.06, 245)),
    "without colours": ("grey", lambda image, _: ImageOps.grayscale(image).convert("RGB")),
    "cut to a strip": ("odd-aspect", _strip),
    "160 pixels": ("small", _small),
    "four shades": ("low-information", _few_shades),
}


def _shaken(image: Image.Image) -> Image.Image:
    """A camera that moved sideways by a fortieth of the picture."""
    pixels = np.asarray(image, np.float32)
    steps = max(2, image.width // 40)
    moved = sum(np.roll(pixels, step, axis=1) for step in range(steps)) / steps
    return Image.fromarray(np.asarray(moved).astype(np.uint8))


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture, and what was done to it."""

    name: str
    damage: str = ""


def main() -> None:
    options = _options()
    with TemporaryDirectory(prefix="benchmark-") as folder:
        samples = _make(Path(folder), options.images)
        say(f"{len(samples):,} pictures")
        ours, seconds = _ours(Path(folder), samples)
        say(f"Measured in {1000 * seconds / len(samples):.1f} ms of processor for a picture")
        _against_truth(samples, ours)
        theirs = _theirs(Path(folder), samples)
        if theirs:
            _against_cleanvision(ours, theirs)


def _make(folder: Path, count: int) -> list[Sample]:
    samples = []

    def keep(name: str, image: Image.Image, damage: str = "") -> None:
        channels = np.asarray(image.convert("RGB"))
        is_grey = bool((np.ptp(channels, axis=2) == 0).all())  # as such files are: CleanVision goes by what the file is
        image.convert("L" if is_grey else "RGB").save(folder / f"{name}.png")
        samples.append(Sample(f"{name}.png", damage))

    for number, path in enumerate(_originals(count)):
        image = open_upright(path.read_bytes(), path.name).image
        keep(f"{number:03d}", image)
        rng = np.random.default_rng(number)
        for at, (damage, (_, do)) in enumerate(DAMAGE.items()):
            if (number + at) % 3 == 0:  # a third of the pictures have each
                keep(f"{number:03d}-{at}", do(image, rng), damage)
    for at, page in enumerate(_pages()):
        keep(f"page-{at}", page, "page")
    return samples


def _originals(count: int) -> list[Path]:
    import skimage

    packaged = sorted(Path(skimage.__file__).parent.joinpath("data").glob("*.*"))
    photographs = [path for path in packaged if path.suffix in (".png", ".jpg", ".jpeg")]
    return [*sorted((TEST_DATA / "data" / "coco128" / "train" / "images").glob("*.jpg"))[:count], *photographs]


def _pages() -> list[Image.Image]:
    """With nothing on them, or a number in a corner."""
    pages = []
    for colour in ("white", "black", "#f4f1e8", "#7f7f7f"):
        for text in ("", "17"):
            page = Image.new("RGB", (620, 877), colour)
            ImageDraw.Draw(page).text((300, 850), text, fill="#444" if colour != "black" else "#bbb")
            pages.append(page)
    return pages


def _ours(folder: Path, samples: list[Sample]) -> tuple[dict[str, NDArray[np.bool_]], float]:
    """By flag, which samples have it; and the seconds of processor that measuring took."""
    table, seconds = [], 0.0
    for sample in samples:
        image = open_upright((folder / sample.name).read_bytes(), sample.name, enough=SIDE).image
        thumbnail = miniature(image)
        started = time.process_time()
        with Image.open(BytesIO(thumbnail)) as small:
            table.append(measure(small, *image.size))
        seconds += time.process_time() - started
    found = flagged(np.array(table, np.float32))
    return {flag.key: found[:, at] for at, flag in enumerate(FLAGS)}, seconds


def _against_truth(samples: list[Sample], ours: Mapping[str, NDArray[np.bool_]]) -> None:
    rows: list[list[object]] = []
    targets = []
    done = np.array([sample.damage for sample in samples])
    for damage, key in [*((name, key) for name, (key, _) in DAMAGE.items()), ("page", "near-blank")]:
        has, untouched = done == damage, done == ""
        recall, others = float(ours[key][has].mean()), float(ours[key][untouched].mean())
        rows.append([damage, BY_KEY[key].title, int(has.sum()), recall, others])
        targets.append(Target(damage, recall, FOUND_FEW_SHADES if key == "low-information" else FOUND))
    columns = ["what was done", "flag", "pictures", "found", "said of untouched ones"]
    show("Damage that was done on purpose", columns, rows, targets)


def _against_cleanvision(ours: Mapping[str, NDArray[np.bool_]], theirs: Mapping[str, NDArray[np.bool_]]) -> None:
    rows: list[list[object]] = []
    targets = []
    for key, name in THEIRS.items():
        own, other = ours[key], theirs[name]
        same = float((own == other).mean())
        counts = [int(these.sum()) for these in (own, other, own & other)]
        rows.append([key, name, *counts, same, _kappa(own, other)])
        if key not in ("small", "blurred"):  # odd beside others is not small; and the table above tells who is right
            targets.append(Target(key, same, AGREEMENT))
    columns = ["flag", "CleanVision's", "ours", "theirs", "both", "agreement", "kappa"]
    show(f"Beside CleanVision {CLEANVISION}", columns, rows, targets)


def _kappa(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Cohen's: how much of what chance leaves they agree in."""
    same = float((one == other).mean())
    chance = float(one.mean() * other.mean() + (1 - one.mean()) * (1 - other.mean()))
    return (same - chance) / (1 - chance) if chance < 1 else 1.0


def _theirs(folder: Path, samples: list[Sample]) -> dict[str, NDArray[np.bool_]] | None:
    python = python_with("cleanvision", CLEANVISION, "CleanVision")
    if python is None:
        return None
    with TemporaryDirectory(prefix="benchmark-") as work:
        output = Path(work) / "found.json"
        driver = str(Path(__file__).with_name("cleanvision_driver.py"))
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([str(python), driver, str(folder), str(output)], check=True, **quiet)  # type: ignore[call-overload]
        found = json.loads(output.read_text())
    return {name: np.array([found[sample.name][name][0] for sample in samples], np.bool_) for name in THEIRS.values()}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.quality", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=128, help="of COCO128 (default: all)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
