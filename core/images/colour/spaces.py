"""Colour spaces that are named and not described: ICC profiles made for them."""

import struct
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

type Levels = NDArray[np.float64]
"""Encoded levels or linear light, 0 to 1."""

type Chromaticities = tuple[float, float, float, float, float, float, float, float]
"""x and y of white, red, green and blue, as in the chunk `cHRM` of PNG."""

_D50 = np.array([0.9642, 1.0, 0.8249])  # the white of profiles, ICC.1:2022, 7.2.16
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])  # Annex E
_STEPS = 4096  # of a tone curve
_FLATTEST = 1e-3  # determinant of the primaries: below it they are nearly in one line

_D65, _C = (0.3127, 0.3290), (0.310, 0.316)
BT709: Chromaticities = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
"""Those of sRGB too."""
_PRIMARIES: dict[int, Chromaticities] = {
    1: BT709,
    4: (*_C, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08),
    5: (*_D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    8: (*_C, 0.681, 0.319, 0.243, 0.692, 0.145, 0.049),
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    22: (*_D65, 0.630, 0.340, 0.295, 0.605, 0.155, 0.077),
}
"""By the code points of ITU-T H.273, table 2."""


def _srgb(levels: Levels) -> Levels:
    """IEC 61966-2-1."""
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def power(exponent: float) -> Callable[[Levels], Levels]:
    def linear(levels: Levels) -> Levels:
        return levels**exponent

    return linear


def _pq(levels: Levels) -> Levels:
    """SMPTE ST 2084, in shares of the white of a page, 203 cd/m² (ITU-R BT.2408); what is brighter is white."""
    root = levels ** (1 / 78.84375)
    light = (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
    return np.minimum(light * 10_000 / 203, 1)


def _hlg(levels: Levels) -> Levels:
    """ITU-R BT.2100, in shares of the white of a page, which is 75 % of the signal (ITU-R BT.2408)."""
    scene = np.where(levels <= 0.5, levels**2 / 3, (np.exp((levels - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    return np.minimum(scene / 0.2650, 1)


_CURVES: dict[int, Callable[[Levels], Levels]] = {4: power(2.2), 5: power(2.8), 8: power(1.0), 16: _pq, 18: _hlg}
"""By the code points of ITU-T H.273, table 3; all others are shown as sRGB is, as browsers do."""


@cache
def adobe_rgb() -> bytes:
    """Adobe RGB (1998) Color Image Encoding, 2005-05."""
    chromaticities: Chromaticities = (*_D65, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
    return _profile(_colorants(chromaticities), power(563 / 256))


@cache
def coded_space(primaries: int, transfer: int) -> bytes | None:
    """That of code points of ITU-T H.273; None where it is sRGB's, or not known."""
    known, curve = _PRIMARIES.get(primaries, BT709), _CURVES.get(transfer, _srgb)
    if known is BT709 and curve is _srgb:
        return None
    return _profile(_colorants(known), curve)


def measured_space(chromaticities: Chromaticities, exponent: float) -> bytes | None:
    """That of the chunks `cHRM` and `gAMA` of PNG; None where there can be no such space."""
    colorants = _colorants(chromaticities)
    if not np.isfinite(colorants).all() or abs(np.linalg.det(colorants)) < _FLATTEST or np.abs(colorants).max() > 4:
        return None
    return _profile(colorants, power(exponent))


def _colorants(chromaticities: Chromaticities) -> NDArray[np.float64]:
    """CIE XYZ of red, green and blue under D50, each a column; not finite where there can be none."""
    x, y = np.array(chromaticities).reshape(4, 2).T
    with np.errstate(all="ignore"):
        white, *primaries = np.stack([x / y, np.ones(4), (1 - x - y) / y], axis=1)
        matrix = np.array(primaries).T
        try:
            matrix = matrix * np.linalg.solve(matrix, white)
        except np.linalg.LinAlgError:
            return np.full((3, 3), np.nan)
        adapted = np.diag((_BRADFORD @ _D50) / (_BRADFORD @ white))
        return np.asarray(np.linalg.inv(_BRADFORD) @ adapted @ _BRADFORD @ matrix)


def _profile(colorants: NDArray[np.float64], linear: Callable[[Levels], Levels]) -> bytes:
    """A profile for displays with three colorants and one tone curve, by ICC.1:2001-04."""
    steps = (linear(np.linspace(0, 1, _STEPS)).clip(0, 1) * 65535).round().astype(">u2")
    curve = b"curv\0\0\0\0" + struct.pack(">I", _STEPS) + steps.tobytes()
    title = b"desc\0\0\0\0" + struct.pack(">I", 6) + b"colour" + bytes(78)
    red, green, blue = map(_xyz, colorants.T)
    tags = [(b"desc", title.ljust(-(-len(title) // 4) * 4, b"\0")), (b"cprt", b"text\0\0\0\0none\0\0\0\0")]
    tags += [(b"wtpt", _xyz(_D50)), (b"rXYZ", red), (b"gXYZ", green), (b"bXYZ", blue)]
    tags += [(b"rTRC", curve), (b"gTRC", b""), (b"bTRC", b"")]
    table, body, start, place = b"", b"", 132 + 12 * len(tags), (0, 0)
    for name, data in tags:
        if data:
            place = (start + len(body), len(data))
            body += data
        table += name + struct.pack(">II", *place)  # green and blue have the curve of red
    head = struct.pack(">I4xI4s4s4s12x4s28x", start + len(body), 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    head += struct.pack(">iii", *(round(value * 65536) for value in _D50))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _xyz(values: NDArray[np.float64]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">iii", *(round(float(value) * 65536) for value in values))
