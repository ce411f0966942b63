"""Nothing but our own words reaches the terminal."""

import subprocess
import sys

SCRIPT = """
import random
from io import BytesIO
import numpy as np
from PIL import Image
{prepare}
pixels = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
samples = []
for compression in ("tiff_lzw", "tiff_adobe_deflate", "jpeg", "zstd", "lzma", "group3", "group4"):
    image = Image.fromarray(pixels) if "group" not in compression else Image.fromarray(pixels[..., 0] > 99)
    buffer = BytesIO()
    image.save(buffer, "TIFF", compression=compression)
    samples.append(buffer.getvalue())
chance = random.Random(1)
for sample in samples * 12:
    data = bytearray(sample)
    for _ in range(5):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        {open}
    except Exception:
        pass
print("done")
"""


def terminal(prepare, open_):
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT.format(prepare=prepare, open=open_)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert ran.stdout == "done\n"
    return ran.stderr


def test_libtiff_writes_nothing():
    assert terminal("from core.images.reading.reader import open_upright", 'open_upright(bytes(data), "x")') == ""


def test_it_would_without_us():
    """If this fails, `core.images.reading.quiet` can go."""
    assert terminal("", "Image.open(BytesIO(bytes(data))).load()") != ""
