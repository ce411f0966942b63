"""What other analyses have found, in short: each None where it was not carried out yet."""

from typing import TYPE_CHECKING, Any

from core.text.names import utf8_safe

if TYPE_CHECKING:
    from core.analysis.duplicates.duplicates import Duplicates
    from core.analysis.map.maps import Maps
    from core.analysis.quality.report import QualityReports

_CLUSTERS, _COVERS = 12, 4


def quality(reports: "QualityReports") -> dict[str, Any] | None:
    """How many pictures have which flag."""
    told = reports.report(0)
    if told.flagged is None:
        return None
    found = sorted(told.found, key=lambda one: -one.count)
    return {
        "checked": told.checked,
        "flagged": told.flagged,
        "filter": f"quality:{','.join(one.flag.key for one in found)}",
        "flags": [
            {"key": one.flag.key, "title": one.flag.title, "count": one.count, "filter": f"quality:{one.flag.key}"}
            for one in found
        ],
    }


def duplicates(found: "Duplicates") -> dict[str, Any] | None:
    """How many pictures are in groups of which level, and what all but one of each take."""
    told = found.summary()
    if told.scanned_at is None:
        return None
    levels = [
        {
            "level": level.value,
            "title": level.words,
            "groups": one.groups,
            "pictures": one.records,
            "gain": one.gain,
            "filter": f"duplicate:{level.value}",
        }
        for level, one in told.levels.items()
    ]
    return {"levels": levels, "set_aside": told.set_aside}


def clusters(maps: "Maps") -> dict[str, Any] | None:
    """The largest clusters, each with pictures that are typical of it."""
    made = maps.current()
    if made is None:
        return None
    coarse = [one for one in made.clusters if one.level == 0]
    return {
        "count": len(coarse),
        "outside": max(0, made.size - sum(one.size for one in coarse)),
        "largest": [
            {
                "name": utf8_safe(one.name),
                "size": one.size,
                "filter": utf8_safe(one.filter),
                "covers": [{"content_hash": cover.content_hash} for cover in one.covers[:_COVERS]],
            }
            for one in sorted(coarse, key=lambda one: -one.size)[:_CLUSTERS]
        ],
    }
