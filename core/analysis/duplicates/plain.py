"""Duplicates as plain values, for the API and the command line."""

from dataclasses import asdict
from typing import Any

from core.analysis.duplicates.model import Action, Group, GroupPage, Member, Summary
from core.text.names import utf8_safe


def summary(found: Summary) -> dict[str, Any]:
    levels = {level.value: asdict(counts) for level, counts in found.levels.items()}
    last = action(found.last_action) if found.last_action else None
    own = {name: getattr(found, name) for name in _SUMMED}
    return {**own, "levels": levels, "last_action": last}


_SUMMED = (
    *("state", "job", "scanned_at", "records", "threshold", "floor", "set_aside", "kept", "freed", "unverified"),
)


def action(done: Action) -> dict[str, Any]:
    return {**asdict(done), "by": utf8_safe(done.by), "title": utf8_safe(done.title)}


def page(found: GroupPage) -> dict[str, Any]:
    own = {"total": found.total, "offset": found.offset, "gain": found.gain, "records": found.records}
    return {**own, "groups": [group(one) for one in found.groups]}


def group(one: Group) -> dict[str, Any]:
    return {
        "key": one.key,
        "level": one.level.value,
        "keeper": one.keeper,
        "reason": utf8_safe(one.reason),
        "reason_key": one.reason_key.value if one.reason_key else None,
        "size": one.size,
        "gain": one.gain,
        "status": one.status.value,
        "count": one.count,
        "members": [member(own) for own in one.members],
    }


def member(one: Member) -> dict[str, Any]:
    record = one.record
    return {
        "id": record.id,
        "path": utf8_safe(record.path),
        "name": utf8_safe(record.name),
        "folder": utf8_safe(record.folder),
        "content_hash": record.content_hash,
        "width": record.width,
        "height": record.height,
        "size": record.size,
        "format": record.format,
        "taken_at": record.taken_at.isoformat() if record.taken_at else None,
        "mtime_ns": record.mtime_ns,
        "labels": [utf8_safe(label) for label in record.labels],
        "tags": [utf8_safe(tag) for tag in record.tags],
        "boxes": len(record.boxes),
        "level": one.level.value,
        "cosine": one.cosine,
        "how": utf8_safe(one.how),
        "decision": one.decision.value if one.decision else None,
        "quality": one.quality,
    }
