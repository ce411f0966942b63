"""Labelled pictures to measure with, and a model that understands words; what of them is on this machine.

coco      COCO128, beside the project: photographs in which all things of 80 kinds are labelled
stamps    Tux Paint's, Debian's package tuxpaint-stamps-default: things cut out of photographs, a sentence about each
drawings  pySioGame's, Debian's package pysiogame: people, things and doings, drawn; the files are named after them

A concept is what a label, the name of a file or the few words of a sentence say; it is in all pictures of which all its
words are said, be it by the folder.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from benchmarks.data import TEST_DATA
from benchmarks.models import MODEL_ID, stand_in
from benchmarks.table import say
from core import images
from core.embedding.clip import ClipEmbedder
from core.embedding.embedder import Embedder
from core.embedding.starter import StarterEmbedder
from core.images.reading.reader import open_upright
from core.vectors import Embedding, Embeddings

STAMPS = Path("/usr/share/tuxpaint/stamps")
DRAWINGS = Path("/usr/share/games/pysiogame/res/images/art4apps")

KEPT = Path(tempfile.gettempdir()) / "image-search-benchmarks"
_NAMED = re.compile(r"(?:an?|the|two|a (?:pair|head|bunch) of) ([a-z \-]+)[.!]?", re.IGNORECASE)
_GROUPS = ("bird", "fish", "insect", "fruit", "vegetable", "flower", "tree", "mushroom", "tool", "hat")
_THINGS = {"animals", "food", "fruit_n_veg", "clothes_n_accessories", "construction", "jobs", "nature", "transport"}
_ENOUGH = 600  # pixels

type Shows = NDArray[np.bool_]
"""Of n pictures, which show a concept: shape `(n,)`."""


@dataclass(frozen=True)
class Labelled:
    """A set of n pictures."""

    name: str
    paths: Sequence[Path]
    kinds: Sequence[str]
    """What each is filed under; pictures of one kind may be much alike."""
    said: Sequence[set[str]]
    """The words that are said of each."""
    concepts: dict[str, Shows]

    @property
    def vocabulary(self) -> set[str]:
        return set().union(*self.said)


def coco() -> Labelled | None:
    folder = TEST_DATA / "data" / "coco128"
    if not folder.is_dir():
        return None
    names: dict[int, str] = yaml.safe_load((folder / "data.yaml").read_text())["names"]
    paths = sorted((folder / "train" / "images").iterdir())
    shown = [_labels(folder / "train" / "labels" / f"{path.stem}.txt", names) for path in paths]
    concepts = {name: np.array([name in labels for labels in shown]) for name in names.values()}
    said = [{word for label in labels for word in words(label)} for labels in shown]
    return Labelled("coco", paths, [path.stem for path in paths], said, concepts)


def stamps(folder: Path = STAMPS) -> Labelled | None:
    paths = [path for path in sorted(folder.rglob("*.png")) if _is_photograph(path)]
    if not paths:
        return None
    sentences = [_sentence(path) for path in paths]
    kinds = [str(path.parent.relative_to(folder)) for path in paths]
    said = [{*words(sentence), *words(kind)} for sentence, kind in zip(sentences, kinds, strict=True)]
    named = [found[1].lower() for sentence in sentences if (found := _NAMED.fullmatch(sentence.strip()))]
    concepts = _concepts([*(name for name in named if len(name.split()) <= 3), *_GROUPS], said)
    return Labelled("stamps", paths, kinds, said, concepts)


def _is_photograph(path: Path) -> bool:
    return not {"cartoon", "symbols"} & set(path.parts) and not path.stem.endswith(("_mirror", "_flip"))


def drawings(folder: Path = DRAWINGS) -> Labelled | None:
    paths = sorted(folder.rglob("*.jpg"))
    if not paths:
        return None
    names = [path.stem.replace("_", " ") for path in paths]
    kinds = [path.parent.name for path in paths]
    said = [{*words(name), *words(kind)} for name, kind in zip(names, kinds, strict=True)]
    things = [name for name, kind in zip(names, kinds, strict=True) if kind in _THINGS]
    return Labelled("drawings", paths, kinds, said, _concepts(things, said))


def together(sets: Sequence[Labelled]) -> Labelled:
    """All in one collection."""
    said = [words for one in sets for words in one.said]
    concepts: dict[str, Shows] = {}
    start = 0
    for one in sets:
        for name, shows in one.concepts.items():
            everywhere = concepts.setdefault(name, _concepts([name], said).get(name, np.zeros(len(said), bool)))
            everywhere[start : start + len(shows)] |= shows
        start += len(one.paths)
    paths, kinds = ([item for one in sets for item in getattr(one, what)] for what in ("paths", "kinds"))
    return Labelled("mixed", paths, kinds, said, concepts)


def words(text: str) -> list[str]:
    """In lower case, and of a plural the singular."""
    found = re.findall(r"[a-z]+", text.lower())
    return [word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in found]


def _labels(file: Path, names: dict[int, str]) -> set[str]:
    return {names[int(line.split()[0])] for line in file.read_text().splitlines()} if file.is_file() else set()


def _sentence(path: Path) -> str:
    file = path.with_suffix(".txt")
    return file.read_text(errors="replace").partition("\n")[0] if file.is_file() else path.stem


def _concepts(names: Sequence[str], said: Sequence[set[str]]) -> dict[str, Shows]:
    found = {name: np.array([set(words(name)) <= all_ for all_ in said]) for name in names}
    return {name: shows for name, shows in found.items() if shows.any()}


def model() -> Embedder | None:
    """The one that IMAGE_SEARCH_MODEL names where that is `starter`, else the weights beside the project, which stand
    in for CLIP's."""
    if os.environ.get("IMAGE_SEARCH_MODEL") == "starter":
        return StarterEmbedder.load()
    weights = stand_in(KEPT / "stand-in")
    if weights is None:
        say("Left out: IMAGE_SEARCH_TEST_DATA has no weights. IMAGE_SEARCH_MODEL=starter needs none.")
        return None
    return ClipEmbedder.load(MODEL_ID, weights)


def _reading() -> str:
    """Another one whenever the way that pictures are read is: then what is kept of them may be of other pixels."""
    sources = sorted(Path(images.__file__ or "").parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


class Encoder:
    """What a model makes of pictures and texts, kept on the disk between runs."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._folder = KEPT / "embeddings" / embedder.model_id.replace("/", "-")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._texts: dict[str, Embedding] = dict(self._read_texts())

    def pictures(self, labelled: Labelled) -> Embeddings:
        key = hashlib.sha256("\n".join([_reading(), *map(str, labelled.paths)]).encode()).hexdigest()[:16]
        file = self._folder / f"{key}.npy"
        if not file.is_file():
            say(f"Embedding the {len(labelled.paths):,} pictures of {labelled.name}")
            np.save(file, np.concatenate([self._picture(path) for path in labelled.paths]))
        rows: Embeddings = np.load(file)
        return rows

    def texts(self, texts: Sequence[str]) -> Embeddings:
        if missing := [text for text in dict.fromkeys(texts) if text not in self._texts]:
            self._texts |= dict(zip(missing, self._embedder.embed_texts(missing), strict=True))
            np.save(self._folder / "texts.npy", np.stack(list(self._texts.values())))
            (self._folder / "texts.json").write_text(json.dumps(list(self._texts)))
        return np.stack([self._texts[text] for text in texts])

    def _picture(self, path: Path) -> Embeddings:
        return self._embedder.embed_images([open_upright(path.read_bytes(), path.name, _ENOUGH).image])

    def _read_texts(self) -> Iterator[tuple[str, Embedding]]:
        file = self._folder / "texts.json"
        if file.is_file():
            yield from zip(json.loads(file.read_text()), np.load(self._folder / "texts.npy"), strict=True)
