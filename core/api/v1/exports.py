"""Exports: what is to be taken away is asked for first, then fetched as a download from an address that soon expires.

A link can be followed by the browser's own download, which a POST cannot; and the address cannot be guessed.
"""

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from PIL import Image

from core.access.needs import actor
from core.api.asked import with_collection
from core.api.export_store import ExportStore
from core.api.http import Refusal
from core.api.paths import API
from core.api.v1.requests.search import ExportBody
from core.api.v1.responses import Prepared
from core.api.v1.search import PATIENCE
from core.errors import InvalidQuery
from core.images.reading.reader import open_upright
from core.images.sheet import ON_IMAGE, ON_PAGE, Heading
from core.images.thumbnails import SIDE
from core.index.records import ImageRecord
from core.search.output.export import Line, as_csv, as_json, as_sheet, chosen, judged, matches
from core.search.output.zip import zipped
from core.search.query import Search
from core.services import Services
from core.text.words import pictures

_MAX_TITLE = 60  # characters
_UNTITLED = Heading("Pictures", "")
_KINDS = {
    "csv": ("csv", "text/csv; charset=utf-8; header=present"),
    "json": ("json", "application/json"),
    "zip": ("zip", "application/zip"),
    "pdf": ("pdf", "application/pdf"),
    "jpeg": ("jpg", "image/jpeg"),
    "png": ("png", "image/png"),
}


@dataclass(frozen=True, slots=True)
class Export:
    format: str
    name: str
    """Of the file."""
    lines: tuple[Line, ...]
    heading: Heading = _UNTITLED
    """Of a contact sheet."""


class Exporting:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services
        self._opening = threading.Lock()
        self._opened: dict[Path, ExportStore[Export]] = {}

    @property
    def _exports(self) -> ExportStore[Export]:
        """Those of the collection: a token of another's means nothing."""
        services = self._services()
        folder = services.kept_in / ".exports"  # hidden: never indexed
        with self._opening:
            return self._opened.setdefault(folder, ExportStore(folder, Export, mirror=services.mirror))

    def add(self, asked: ExportBody, request: Request) -> Prepared:
        """Returns the URL of a download, which can be fetched for ten minutes."""
        lines = self._lines(asked)
        if not lines:
            raise InvalidQuery(
                "There is nothing to export: no pictures match.", "Change the search, or include weaker matches."
            )
        format_ = _format(asked, len(lines))
        name = f"{_title(asked.search)}.{_KINDS[format_][0]}"
        made = Export(format_, name, tuple(lines), _heading(asked, lines))
        by = actor(request)
        token = self._exports.add(made, by.key or (request.client.host if request.client else ""))
        self._services().audit.note(by, "Exported", f"{pictures(len(lines))} as {format_}: {asked.text.strip()}")
        below = request.scope.get("root_path", "")
        url = with_collection(f"{below}{API}/exports/{token}/{quote(made.name)}")
        return Prepared(url=url, count=len(lines))

    def fetch(self, token: str, name: str, request: Request) -> Response:
        made = self._exports.get(token)
        if made is None:
            raise Refusal(404, "This export has expired.", "Export it again.")
        headers = {"Content-Disposition": _disposition(made.name), "Cache-Control": "no-store"}
        kind = _KINDS[made.format][1]
        if request.method == "HEAD":
            return Response(media_type=kind, headers=headers)
        return StreamingResponse(self._content(made), media_type=kind, headers=headers)

    def _lines(self, asked: ExportBody) -> list[Line]:
        services, search = self._services(), asked.search
        if asked.ids is None:
            return matches(services.search(replace(search, k=None), 0, asked.limit, PATIENCE))
        ids = list(dict.fromkeys(asked.ids))
        if asked.format == "zip":  # no file says a score
            return [Line(id_) for id_ in ids]
        return judged(lambda limit: services.search(replace(search, k=None), 0, limit, PATIENCE), ids)

    def _content(self, made: Export) -> Iterable[bytes]:
        services = self._services()
        pictures = chosen(services.index, made.lines)
        match made.format:
            case "csv":
                return as_csv(pictures)
            case "json":
                return as_json(pictures)
            case "zip":
                return zipped(pictures, services.read)
            case "pdf" | "jpeg" | "png" as format_:
                return as_sheet(pictures, len(made.lines), made.heading, self._open_small, format_)
            case _:
                raise ValueError(f"no kind of export: {made.format}")

    def _open_small(self, record: ImageRecord) -> Image.Image:
        services = self._services()
        data = services.thumbnails.read(record.content_hash) or services.read(record.path)
        return open_upright(data, record.name, enough=SIDE).image


def _format(asked: ExportBody, count: int) -> str:
    if asked.format == "sheet":
        return "jpeg" if count <= ON_PAGE else "pdf"
    if asked.format in {"jpeg", "png"} and count > ON_IMAGE:
        raise InvalidQuery(
            f"One image holds {ON_IMAGE} pictures, and there are {count:,}.", "Choose PDF, or fewer pictures."
        )
    return asked.format


def _heading(asked: ExportBody, lines: list[Line]) -> Heading:
    """What was looked for, the day, and how many there are."""
    one, many = ("match", "matches") if asked.ids is None and lines[0].score is not None else ("picture", "pictures")
    count = f"{len(lines):,} {one if len(lines) == 1 else many}"
    today = date.today()
    return Heading(asked.text.strip() or "Pictures", f"{today.day} {today:%B %Y} · {count}")


def _title(search: Search) -> str:
    """What to call the file: after the words that were looked for, as far as every system allows it."""
    return re.sub(r"[^\w-]+", " ", search.query.text)[:_MAX_TITLE].strip(" -") or "pictures"


def _disposition(name: str) -> str:
    """RFC 6266: as it is for those who read UTF-8, and in plain letters for all others."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in " ._-") else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
