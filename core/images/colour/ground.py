"""What a transparent picture is put on: white, unless that hides what is drawn."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.images.colour.lab import lab

type Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
_OTHERS: tuple[Colour, ...] = ((64, 64, 64), (128, 128, 128))
"""Tried where white hides too much: on the former both white and black are seen."""

_SEEN = 30.0  # distance in CIELAB from which a drawing is well seen; one of 2.3 is just noticed
_LEGIBLE = 1 / 3  # how well it is to be seen on white, on average
_GOOD = 0.75  # likewise on a ground that is taken without a look at the others
_SIDE = 256  # pixels of the side of the sample


def ground_of(rgba: Image.Image) -> Colour:
    """By how far what is visible differs from the ground, each pixel counted by its opacity.

    A picture that is all but white is put on dark grey; a photograph with its surroundings cut away, and a drawing with
    white in it, on white. Without a visible pixel: white.
    """
    alpha = rgba.getchannel("A")
    visible = alpha.getbbox()
    if visible is None or alpha.getextrema()[0] == 255:
        return WHITE
    colours, weights = _sample(rgba, visible)
    if not weights.any() or _legibility(colours, weights, WHITE) >= _LEGIBLE:
        return WHITE
    legibility = {ground: _legibility(colours, weights, ground) for ground in (*_OTHERS, WHITE)}
    return next(
        (one for one, how_well in legibility.items() if how_well >= _GOOD), max(legibility, key=legibility.__getitem__)
    )


def _sample(rgba: Image.Image, box: tuple[int, int, int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Visible pixels of the box, evenly spread: their colours in CIELAB, shape `(n, 3)`, and opacities, `(n,)`."""
    width, height = min(_SIDE, box[2] - box[0]), min(_SIDE, box[3] - box[1])
    pixels = np.asarray(rgba.resize((width, height), Image.Resampling.NEAREST, box)).reshape(-1, 4)
    pixels = pixels[pixels[:, 3] > 0]
    return lab(pixels[:, :3]), pixels[:, 3] / 255.0


def _legibility(colours: NDArray[np.float64], weights: NDArray[np.float64], ground: Colour) -> float:
    """How well it is seen on this ground on average, from 0 (not at all) to 1."""
    distances = np.linalg.norm(colours - lab(np.array(ground, np.uint8)), axis=-1)
    return float(np.average(np.minimum(distances / _SEEN, 1.0), weights=weights))
