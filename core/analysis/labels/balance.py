"""How often each label is given in each split."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.index.records import ImageRecord
from core.text.words import counted

MAX_LABELS = 2_000
"""That are told, the most frequent ones."""

NO_SPLIT = ""

_FEW = 10  # pictures: so many examples are few
_UNEVEN = 20  # times as often
_ORDER = {"train": 0, "val": 1, "test": 2, NO_SPLIT: 3}
_NAMED = 3


@dataclass
class Counting:
    """Counts while records go by."""

    splits: Counter[str] = field(default_factory=Counter)
    """Records in each split; of all, whether labelled or not."""
    pictures: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    boxes: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, record: ImageRecord) -> None:
        own: Sequence[str] = record.splits or (NO_SPLIT,)
        self.splits.update(own)
        for split in own:
            for label, count in Counter(box.label for box in record.boxes).items():
                self.pictures[label][split] += 1
                self.boxes[label][split] += count

    def told(self) -> dict[str, Any]:
        """As JSON has it: `splits`, and a row for each label."""
        labelled = {split for counts in self.pictures.values() for split in counts}
        there = (split for split in self.splits if split in labelled or split != NO_SPLIT)
        splits = sorted(there, key=lambda split: (_ORDER.get(split, 9), split))
        labels = sorted(self.pictures, key=lambda label: (-self.pictures[label].total(), label))
        rows = [
            {"label": label, "pictures": dict(self.pictures[label]), "boxes": dict(self.boxes[label])}
            for label in labels[:MAX_LABELS]
        ]
        return {"splits": splits, "rows": rows, "notes": notes(splits, self.pictures)}


def notes(splits: Sequence[str], pictures: dict[str, Counter[str]]) -> list[str]:
    """What stands out, in sentences."""
    if not pictures:
        return []
    totals = {label: counts.total() for label, counts in pictures.items()}
    most, fewest = max(totals, key=lambda one: totals[one]), min(totals, key=lambda one: totals[one])
    found = []
    if totals[most] >= _UNEVEN * totals[fewest]:
        found.append(f"{most} is in {totals[most]:,} pictures, {fewest} in {totals[fewest]:,}.")
    rare = [label for label, count in totals.items() if count < _FEW]
    if rare:
        has = "has" if len(rare) == 1 else "have"
        found.append(f"{counted(len(rare), 'label')} {has} fewer than {_FEW} pictures: {_some(rare)}.")
    for split in (one for one in splits if one and len(splits) > 1):
        lacking = [label for label, counts in pictures.items() if not counts[split]]
        if lacking:
            is_ = "is" if len(lacking) == 1 else "are"
            found.append(f"{counted(len(lacking), 'label')} {is_} in no picture of {split}: {_some(lacking)}.")
    return found


def _some(labels: Iterable[str]) -> str:
    named = sorted(labels)
    more = len(named) - _NAMED
    return ", ".join(named[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
