"""The data file of a dataset in YOLO layout: its class names, and which pictures are for training and which are not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from core.errors import UnreadableLabels
from core.images.describe import Split
from core.sources.datasets.labels import MAX_BYTES, MAX_CLASSES, is_id, legible, read_mapping, refusal

USUAL = ("data.yaml", "data.yml", "dataset.yaml", "dataset.yml")
"""What a data file is mostly called, the likeliest first; what others hold decides."""

NAME_FILES = ("classes.txt", "obj.names", "_darknet.labels")
"""Class names alone, one on each line: LabelImg and Label Studio, Darknet, Roboflow's Darknet export."""

YAML = (".yaml", ".yml")

_SPLITS: Mapping[str, Split] = {"train": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}
_MAX_ENTRIES = 100  # of one split: folders and lists, not pictures


@dataclass(frozen=True, slots=True)
class DataFile:
    """What a data file says. Texts are as they stand there: of whatever machine it was written on."""

    names: Mapping[int, str]
    """Of the classes, by their ids, as people can read them."""
    keypoints: int = 0
    """How many numbers follow each box in a dataset of poses; 0 in others."""
    path: str = ""
    """The folder of the dataset; empty where it does not say."""
    splits: Mapping[Split, tuple[str, ...]] = field(default_factory=dict)
    """Folders, and lists of pictures."""


def read_data_file(data: bytes, name: str) -> DataFile | None:
    """What a YAML file says of a dataset; None where it is about something else.

    Args:
        name: What to call it in messages; a `data.yaml` is about a dataset whatever it holds.

    Raises:
        UnreadableLabels: a `data.yaml` is not YAML, too large, uses aliases, or has no class names.
    """
    called = name.rpartition("/")[2].lower()
    try:
        content = read_mapping(data, name)
        if called != USUAL[0] and not _is_data_file(content, called):
            return None
        return DataFile(_names(content, name), _keypoints(content, name), _text(content.get("path")), _splits(content))
    except UnreadableLabels:
        if called == USUAL[0]:
            raise
        return None


def read_name_file(data: bytes, name: str) -> DataFile:
    """The class names in a text.

    Raises:
        UnreadableLabels: it is no text, or too large.
    """
    if len(data) > MAX_BYTES:
        raise refusal(name, f"is larger than {MAX_BYTES >> 20} MiB")
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise refusal(name, "is not text") from error
    while lines and not lines[-1].strip():
        lines.pop()
    return DataFile({id_: legible(line) or str(id_) for id_, line in enumerate(lines[:MAX_CLASSES])})


def _is_data_file(content: Mapping[object, object], called: str) -> bool:
    refers = any(content.get(key) for key in _SPLITS)
    if isinstance(content.get("names"), list | dict):
        return called in USUAL or refers or bool({"path", "nc"} & content.keys())
    return refers and is_id(content.get("nc"))


def _names(content: Mapping[object, object], name: str) -> dict[int, str]:
    match content.get("names"):
        case list(texts):
            names = dict(enumerate(texts))
        case dict(texts) if all(map(is_id, texts)):
            names = {int(id_): text for id_, text in texts.items()}
        case None if is_id(content.get("nc")) and any(content.get(key) for key in _SPLITS):
            return {}  # its classes are called by their numbers
        case _:
            raise refusal(name, "has no list of class names under `names`")
    if not all(isinstance(text, str) for text in names.values()):
        raise refusal(name, "has class names that are not text")
    return {id_: legible(text) or str(id_) for id_, text in names.items()}


def _keypoints(content: Mapping[object, object], name: str) -> int:
    match content.get("kpt_shape"):
        case None:
            return 0
        case [str(points), str(values)] if is_id(points) and is_id(values):
            return int(points) * int(values)
    raise refusal(name, "has a `kpt_shape` that is not a pair of numbers")


def _splits(content: Mapping[object, object]) -> dict[Split, tuple[str, ...]]:
    found: dict[Split, tuple[str, ...]] = {}
    for key, split in _SPLITS.items():
        value = content.get(key)
        texts = filter(None, map(_text, value if isinstance(value, list) else [value]))
        if entries := tuple(islice(texts, _MAX_ENTRIES)):
            found[split] = found.get(split, ()) + entries
    return found


def _text(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    return "" if text in {"~", "null"} or len(text) > 4096 else text
