"""Groups of duplicates that answer as the app's routes do, without a scan: each collection is one of its own.

Of the collection `many…` there are ten thousand groups of each kind, of `refusing…` nothing can be decided.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.browser.gallery_corpus import SIZE, hash_of

LEVELS = ("same-bytes", "same-picture", "look-alike")
_FEW, _MANY = 6, 10_000
_HOW = ("", "half the size", "mirrored", "cropped to 81 %", "framed")


@dataclass
class Review:
    """What was decided in one collection."""

    many: bool
    decided: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By the keys of groups: the decision of each member."""
    actions: list[tuple[str, set[str]]] = field(default_factory=list)

    def keys(self, level: str, threshold: float = 0.95) -> list[str]:
        count = _MANY if self.many else _FEW
        if level == "look-alike":
            count = round(count * (1 - threshold) / 0.05)
        return [f"{LEVELS.index(level)}{at:031x}" for at in range(count)]

    def listed(self, level: str, standing: str, threshold: float) -> list[str]:
        wanted = {"open": (False,), "decided": (True,), "all": (False, True)}[standing]
        return [key for key in self.keys(level, threshold) if (key in self.decided) in wanted]

    def group(self, key: str) -> dict[str, Any]:
        at = int(key[1:], 16)
        members = [_member(key, at, place, self.decided.get(key, {})) for place in range(2 + at % 4)]
        return {
            "key": key,
            "level": LEVELS[int(key[0])],
            "count": len(members),
            "members": members,
            "keeper": members[0]["id"],
            "reason": "The largest: 4032 × 3024",
            "reason_key": "resolution",
            "size": sum(one["size"] for one in members),
            "gain": sum(one["size"] for one in members[1:]),
            "status": "decided" if key in self.decided else "open",
        }

    def page(self, asked: dict[str, str]) -> dict[str, Any]:
        threshold = float(asked.get("threshold", "0.95"))
        keys = self.listed(asked["level"], asked.get("standing", "open"), threshold)
        offset, limit = int(asked.get("offset", 0)), int(asked.get("limit", 50))
        groups = [self.group(key) for key in keys[offset : offset + limit]]
        return {"groups": groups, "total": len(keys), "offset": offset, "gain": 1_000_000 * len(keys)} | {
            "records": sum(2 + int(key[1:], 16) % 4 for key in keys)
        }

    def summary(self) -> dict[str, Any]:
        aside = [one for marks in self.decided.values() for one in marks.values() if one == "set-aside"]
        return {
            "state": "ready",
            "job": 1,
            "scanned_at": 1_700_000_000.0,
            "records": 100_000,
            "levels": {level: self._level(level) for level in LEVELS},
            "threshold": 0.95,
            "floor": 0.9,
            "set_aside": len(aside),
            "kept": len(self.decided),
            "freed": 1_000_000 * len(aside),
            "unverified": 0,
            "last_action": _action(*self.actions[-1]) if self.actions else None,
        }

    def _level(self, level: str) -> dict[str, int]:
        open_, decided = self.listed(level, "open", 0.95), self.listed(level, "decided", 0.95)
        counts = {"groups": len(open_), "decided": len(decided)}
        return counts | {"records": 3 * len(open_), "gain": 1_000_000 * len(open_)}

    def decide(self, asked: dict[str, Any]) -> dict[str, Any]:
        marks = dict.fromkeys(asked["keep"], "kept") | dict.fromkeys(asked["set_aside"], "set-aside")
        marks |= {id_: None for ids in asked["distinct"] for id_ in ids}
        touched: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        for id_, mark in marks.items():
            touched[_KEYS[id_]][id_] = mark
        self.decided |= touched
        return self._note(f"Set aside {len(asked['set_aside'])} pictures", set(touched))

    def decide_all(self, asked: dict[str, Any]) -> dict[str, Any]:
        keys = self.listed(asked["level"], "open", asked["threshold"] or 0.95)
        for key in keys:
            first, *others = (one["id"] for one in self.group(key)["members"])
            self.decided[key] = {first: "kept", **dict.fromkeys(others, "set-aside")}
        return self._note(f"Set aside pictures of {len(keys)} groups", set(keys))

    def undo(self) -> dict[str, Any]:
        title, keys = self.actions.pop()
        for key in keys:
            del self.decided[key]
        return _action(title, keys)

    def _note(self, title: str, keys: set[str]) -> dict[str, Any]:
        self.actions.append((title, keys))
        return _action(title, keys)


_KEYS: dict[str, str] = {}
_reviews: dict[str, Review] = {}


def _review(request: Request) -> Review:
    name = request.query_params.get("collection", "")
    return _reviews.setdefault(name, Review(name.startswith("many")))


def _member(key: str, at: int, place: int, marks: dict[str, Any]) -> dict[str, Any]:
    id_ = f"{key[0]}{at:027x}{place:04x}"
    _KEYS[id_] = key
    name = f"picture {at} {place}.jpg"
    return {
        "id": id_,
        "path": f"/pictures/{place}/{name}",
        "name": name,
        "folder": f"/pictures/{place}",
        "content_hash": hash_of((at + place) % SIZE if key[0] == "2" else at % SIZE),
        "width": 640 >> (place == 1),
        "height": 480 >> (place == 1),
        "size": 1_000_000 - 1_000 * place,
        "format": "JPEG",
        "taken_at": None,
        "mtime_ns": 0,
        "labels": ["cat"] if place else [],
        "tags": [],
        "boxes": 0,
        "level": LEVELS[int(key[0])],
        "cosine": 1.0 - place / 100,
        "how": _HOW[place],
        "decision": marks.get(id_),
        "quality": 0.9,
    }


def _action(title: str, keys: set[str]) -> dict[str, Any]:
    counts = {"set_aside": len(keys), "kept": len(keys), "distinct": 0}
    return {"id": 1, "at": 1_700_000_000.0, "by": "", "title": title, "undone": False, **counts}


async def _summary(request: Request) -> Response:
    return JSONResponse(_review(request).summary())


async def _groups(request: Request) -> Response:
    return JSONResponse(_review(request).page(dict(request.query_params)))


async def _pair(request: Request) -> Response:
    mirrored = request.query_params["second"].endswith("2")
    transform = [-1, 0, 1, 0, 1, 0] if mirrored else [1, 0, 0, 0, 1, 0]
    return JSONResponse({"transform": transform, "level": None, "cosine": 0.98, "how": "mirrored" if mirrored else ""})


async def _decide(request: Request) -> Response:
    if request.query_params.get("collection", "").startswith("refusing"):
        return JSONResponse({"error": "The job database cannot be written.", "remedy": "Check the disk."}, 503)
    return JSONResponse(_review(request).decide(await request.json()))


async def _decide_all(request: Request) -> Response:
    return JSONResponse(_review(request).decide_all(await request.json()))


async def _undo(request: Request) -> Response:
    return JSONResponse(_review(request).undo())


async def _export(request: Request) -> Response:
    return PlainTextResponse(f"{request.query_params['format']} {request.query_params.get('target', '')}")


_PATH = "/api/v1/duplicates"
ROUTES = [
    Route(_PATH, _summary),
    Route(f"{_PATH}/groups", _groups),
    Route(f"{_PATH}/pair", _pair),
    Route(f"{_PATH}/export", _export),
    Route(f"{_PATH}/decisions", _decide, methods=["POST"]),
    Route(f"{_PATH}/decisions/all", _decide_all, methods=["POST"]),
    Route(f"{_PATH}/undo", _undo, methods=["POST"]),
]


def summary(collection: str) -> dict[str, Any]:
    """What the page of a collection begins with."""
    return _reviews.setdefault(collection, Review(collection.startswith("many"))).summary()
