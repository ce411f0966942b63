"""Suspicious labels, leaks between splits and boxes, as the commands print them."""

from typing import TYPE_CHECKING, Any, cast

from core.cli.console import print_json, say
from core.text.names import utf8_safe
from core.text.words import counted

if TYPE_CHECKING:
    from core.analysis.labels.labels import Suspect
    from core.analysis.labels.leakage import Leak
    from core.index.records import ImageRecord


def suspect_line(one: "Suspect") -> str:
    like = ", ".join(f"{utf8_safe(name)} {share:.0%}" for name, share in one.looks_like[:2])
    said = one.decision.verdict if one.decision and one.decision.verdict else ""
    return f"{one.quality:5.0%}  {utf8_safe(one.label):<20}  {said:<8}  {like:<40}  {utf8_safe(one.record.path)}"


def plain_suspect(one: "Suspect") -> dict[str, Any]:
    said = one.decision
    return {
        "path": utf8_safe(one.record.path),
        "id": one.record.id,
        "content_hash": one.record.content_hash,
        "label": utf8_safe(one.label),
        "quality": round(one.quality, 4),
        "looks_like": [{"label": utf8_safe(name), "probability": round(share, 4)} for name, share in one.looks_like],
        "decision": {"verdict": said.verdict, "replacement": said.replacement} if said else None,
    }


def plain_leak(one: "Leak") -> dict[str, Any]:
    sides = {
        name: {"path": utf8_safe(record.path), "id": record.id, "splits": list(record.splits)}
        for name, record in (("one", one.one), ("other", one.other))
    }
    return {"level": one.level, "how": one.how, "cosine": round(one.cosine, 4), **sides}


def leak_lines(one: "Leak") -> str:
    """How the two are alike, and below it each of them."""
    return f"{_said(one)}\n  {_side(one.one)}\n  {_side(one.other)}"


def _said(one: "Leak") -> str:
    from core.analysis.labels.leakage import WORDS

    return f"{WORDS[one.level]}{f', {one.how}' if one.how else ''} ({one.cosine:.3f})"


def _side(record: "ImageRecord") -> str:
    return f"{'+'.join(record.splits):<10} {utf8_safe(record.path)}"


def print_problems(found: "list[tuple[ImageRecord, list[int]]]", as_json: bool) -> None:
    if as_json:
        shown = [
            {
                "path": utf8_safe(record.path),
                "id": record.id,
                "boxes": [record.boxes[at]._asdict() for at in places],
            }
            for record, places in found
        ]
        print_json(cast(Any, shown))
        return
    for record, places in found:
        names = ", ".join(dict.fromkeys(utf8_safe(record.boxes[at].label) for at in places))
        say(f"{counted(len(places), 'box', 'boxes'):>10}  {names:<24}  {utf8_safe(record.path)}")
