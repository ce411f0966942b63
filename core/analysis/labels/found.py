"""What a check of the labels has found, on disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.analysis.kept import Kept
from core.analysis.labels.evidence.labelled import Labelled
from core.analysis.labels.evidence.suspicious import Ranked

type Listed = Literal["given", "missing"]

_REPORT, _UNLABELLED = "report", "unlabelled"


@dataclass(frozen=True)
class Suspicious:
    """Pairs of a picture and a label, the most suspicious first; arrays of m rows."""

    ids: Sequence[str]
    digests: Sequence[str]
    labels: Sequence[str]
    quality: NDArray[np.float32]
    looks_like: Sequence[Sequence[tuple[str, float]]]
    neighbours: Sequence[Sequence[str]]
    """The ids of the records that are nearest to each."""
    issues: int

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Unlabelled:
    """Pictures without labels, and what each looks like, the likeliest first."""

    ids: Sequence[str]
    digests: Sequence[str]
    labels: Sequence[str]
    shares: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.ids)


def write(
    kept: Kept, kind: str, of: Labelled, ranked: Ranked, looks: NDArray[Any], shares: NDArray[Any], near: NDArray[Any]
) -> None:
    ids, digests = _bytes(of.ids), _bytes(of.digests)
    around = np.where(near[..., np.newaxis] >= 0, ids[np.maximum(near, 0)], 0).astype(np.uint8)
    kept.save(
        kind,
        {
            "ids": ids[ranked.pictures],
            "digests": digests[ranked.pictures],
            "labels": ranked.labels.astype(np.int32),
            "quality": ranked.quality,
            "looks": looks,
            "shares": shares,
            "near": around,
            "has": near >= 0,
            "issues": np.array(ranked.issues),
        },
    )
    kept.note(f"{kind}-names", list(of.names))


def read(kept: Kept, kind: Listed) -> Suspicious | None:
    """None where there is nothing, or it cannot be read."""
    arrays, names = kept.load(kind), kept.noted(f"{kind}-names")
    if arrays is None or not isinstance(names, list):
        return None
    looks = [
        [(names[label], float(share)) for label, share in zip(row, own, strict=True) if label >= 0]
        for row, own in zip(arrays["looks"], arrays["shares"], strict=True)
    ]
    near = [
        [id_.tobytes().hex() for id_, is_one in zip(row, has, strict=True) if is_one]
        for row, has in zip(arrays["near"], arrays["has"], strict=True)
    ]
    labels = [names[at] for at in arrays["labels"]]
    return Suspicious(
        _texts(arrays["ids"]), _texts(arrays["digests"]), labels, arrays["quality"], looks, near, int(arrays["issues"])
    )


def write_unlabelled(
    kept: Kept,
    names: Sequence[str],
    ids: Sequence[str],
    digests: Sequence[str],
    labels: NDArray[np.int32],
    shares: NDArray[np.float32],
) -> None:
    kept.save(_UNLABELLED, {"ids": _bytes(ids), "digests": _bytes(digests), "labels": labels, "shares": shares})
    kept.note(f"{_UNLABELLED}-names", list(names))


def read_unlabelled(kept: Kept) -> Unlabelled | None:
    arrays, names = kept.load(_UNLABELLED), kept.noted(f"{_UNLABELLED}-names")
    if arrays is None or not isinstance(names, list):
        return None
    labels = [names[at] for at in arrays["labels"]]
    return Unlabelled(_texts(arrays["ids"]), _texts(arrays["digests"]), labels, arrays["shares"])


def write_report(kept: Kept, report: dict[str, Any]) -> None:
    kept.note(_REPORT, report)


def report(kept: Kept) -> dict[str, Any] | None:
    told = kept.noted(_REPORT)
    return told if isinstance(told, dict) and "signature" in told else None


def clear(kept: Kept) -> None:
    """Forget what was listed: there are no labels any more."""
    kept.clear()


def stamp(kept: Kept, name: str) -> tuple[str, int]:
    return f"{kept.folder} {name}", kept.stamp(name)


def _bytes(texts: Sequence[str]) -> NDArray[np.uint8]:
    if not texts:
        return np.empty((0, 16), np.uint8)
    return np.frombuffer(bytes.fromhex("".join(texts)), np.uint8).reshape(len(texts), -1)


def _texts(rows: NDArray[np.uint8]) -> list[str]:
    return [row.tobytes().hex() for row in rows]
