"""The outline of the land: no other host is asked for it.

Natural Earth's at 1:110 million, in the public domain, as the npm package world-atlas 2.0.2 has it (`land-110m.json`,
unchanged): TopoJSON, whose arcs are chains of differences on a grid (specification 1.0, section 2.1.3).
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("land-110m.json")
_DECIMALS = 1  # a tenth of a degree is less than a line is wide
_SOUTH = -60.0  # where nothing but Antarctica is

type Ring = list[float]
"""Longitude and latitude in turn, in degrees."""


@cache
def land() -> list[Ring]:
    """Closed lines around all land but Antarctica."""
    return list(rings(json.loads(_FILE.read_bytes())))


def rings(topology: dict[str, Any]) -> Iterator[Ring]:
    """The outer and inner lines of the object `land`."""
    arcs = [_degrees(arc, topology["transform"]) for arc in topology["arcs"]]
    for polygon in _polygons(topology["objects"]["land"]):
        for numbers in polygon:
            ring = _joined(arcs, numbers)
            if max(ring[1::2]) > _SOUTH:
                yield from _unbroken(ring)


def _polygons(shape: dict[str, Any]) -> Iterator[list[list[int]]]:
    match shape["type"]:
        case "Polygon":
            yield shape["arcs"]
        case "MultiPolygon":
            yield from shape["arcs"]
        case "GeometryCollection":
            for one in shape["geometries"]:
                yield from _polygons(one)


def _degrees(arc: list[list[int]], transform: dict[str, list[float]]) -> list[tuple[float, float]]:
    (across, down), (left, top) = transform["scale"], transform["translate"]
    x = y = 0
    places = []
    for right, up in arc:
        x, y = x + right, y + up
        places.append((round(x * across + left, _DECIMALS), round(y * down + top, _DECIMALS)))
    return places


def _joined(arcs: list[list[tuple[float, float]]], numbers: list[int]) -> Ring:
    """Arcs one behind the other, those of negative numbers the other way round; each begins where the last ended."""
    ring: Ring = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        for place in arc[1 if ring else 0 :]:
            if list(place) != ring[-2:]:
                ring += place
    return ring


def _unbroken(ring: Ring) -> Iterator[Ring]:
    """The line without a leap from one edge of the map to the other: what goes beyond an edge is there once more, where
    it comes in on the other side."""
    turns, last = 0.0, ring[0]
    longitudes = []
    for longitude in ring[::2]:
        turns -= round((longitude - last) / 360) * 360
        longitudes.append(round(longitude + turns, _DECIMALS))
        last = longitude
    yield _line(longitudes, ring[1::2])
    for turn in (360.0, -360.0):
        if min(longitudes) + turn < 180 and max(longitudes) + turn > -180 and _leaves(longitudes):
            yield _line([longitude + turn for longitude in longitudes], ring[1::2])


def _leaves(longitudes: list[float]) -> bool:
    return max(longitudes) > 180 or min(longitudes) < -180


def _line(longitudes: list[float], latitudes: list[float]) -> Ring:
    return [number for place in zip(longitudes, latitudes, strict=True) for number in place]
