"""Pictures to try the app with, without any of one's own."""

from importlib.util import find_spec
from pathlib import Path

# Of scikit-image's pictures those that show something: test patterns and crops for unit tests are left out.
_SAMPLES = (
    *("astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png", "coffee.png", "coins.png", "grass.png"),
    *("gravel.png", "horse.png", "hubble_deep_field.jpg", "ihc.png", "moon.png", "motorcycle_left.png"),
    *("motorcycle_right.png", "page.png", "retina.jpg", "rocket.jpg", "text.png"),
)


def sample_pictures() -> list[Path]:
    """Photographs that come with scikit-image; none where it is not installed. It is found, not imported."""
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "data"
    return [path for name in _SAMPLES if (path := folder / name).is_file()]
