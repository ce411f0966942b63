"""From hits to what the gallery shows."""

from collections.abc import Sequence

from core.index.records import Hit, ImageRecord
from core.ui.components.gallery import Tile


def tiles(hits: Sequence[Hit]) -> list[Tile]:
    """Each hit with its score, and its strength as a share of the best."""
    best = max((hit.score for hit in hits), default=0.0)
    return [_tile(hit.record, hit.score, max(0.0, hit.score / best) if best > 0 else 0.0) for hit in hits]


def unscored_tiles(records: Sequence[ImageRecord]) -> list[Tile]:
    return [_tile(record, None, 0.0) for record in records]


def _tile(record: ImageRecord, score: float | None, strength: float) -> Tile:
    return Tile(
        id=record.id,
        content_hash=record.content_hash,
        name=record.name,
        path=record.path,
        score=None if score is None else round(score, 4),
        strength=round(strength, 3),
        copies=1,
        width=record.width,
        height=record.height,
        format=record.format,
        size=record.size,
        taken_at=record.taken_at.strftime("%-d %B %Y, %H:%M") if record.taken_at else None,
        frames=record.frames,
    )
