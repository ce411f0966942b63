"""Where Inference keeps the weights of a model, and whether they can be had; all without importing Inference."""

import hashlib
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

from core.errors import ModelUnavailable
from core.models import MODELS, STARTER, USUAL, Family, ask_for

WEIGHTS = MODELS[USUAL].files
"""The files of a CLIP model."""

_API = "https://api.roboflow.com"
_TIMEOUT = 3.0  # seconds for each step of the connection
DEADLINE = 4.5
"""Seconds for all of it: no timeout of the client covers the look-up of the name."""


_RAW = re.compile(r"[a-z0-9._ -]+(/[a-z0-9._ -]+)*")  # ids that are the same on all file systems
_FAMILIES: dict[Family, str] = {"clip": "a CLIP model", "perception_encoder": "a Perception Encoder"}


def weights_folder(model_id: str, cache_dir: Path) -> Path:
    """Where Inference looks for the weights: `get_cache_dir` of its `core.cache.model_artifacts`."""
    kept_as = _kept_as(model_id)
    if _RAW.fullmatch(kept_as):
        return cache_dir / kept_as
    digest = hashlib.blake2s(kept_as.encode(), digest_size=16).hexdigest()
    return cache_dir / f"~{kept_as.replace('/', '-')}-{digest}"


def _kept_as(model_id: str) -> str:
    """What Inference calls it where it keeps it: its `PerceptionEncoder` has the id in small letters."""
    return model_id.lower() if MODELS[model_id].family == "perception_encoder" else model_id


def present_weights(model_id: str, cache_dir: Path) -> tuple[Path, ...] | None:
    """The files of a model, in their order; `clip/…` below the cache is where earlier releases of Inference kept them.

    None where one is missing.
    """
    for folder in (weights_folder(model_id, cache_dir), cache_dir / _kept_as(model_id)):
        files = tuple(folder / name for name in MODELS[model_id].files)
        if all(file.is_file() for file in files):
            return files
    return None


def check_obtainable(model_id: str, cache_dir: Path) -> None:
    """Find out within five seconds that loading a model cannot succeed.

    Raises:
        ModelUnavailable: the weights are not on this machine and cannot be downloaded.
    """
    if present_weights(model_id, cache_dir):
        return
    if reason := why_unreachable():
        folder = weights_folder(model_id, cache_dir)
        message = f"The weights of {model_id} are not in {folder}, and {reason}."
        raise ModelUnavailable(message, remedy(model_id, cache_dir))


def why_unreachable() -> str:
    """Why no weights can be downloaded, found out within five seconds: a part of a sentence; "" where they can."""
    if os.environ.get("OFFLINE_MODE", "").lower() not in ("", "0", "false"):
        return "OFFLINE_MODE is set"
    address = os.environ.get("API_BASE_URL") or _API
    problem = _unreachable(address)
    return f"{address} cannot be reached: {problem}" if problem else ""


def how_to_obtain(model_id: str, cache_dir: Path) -> str:
    """What to do where the weights are missing or damaged; a sentence without its full stop."""
    model = MODELS[model_id]
    key = " and set ROBOFLOW_API_KEY" if model.needs_key else ""
    return (
        f"Connect this machine to the internet once{key}, so that the weights can be downloaded; or copy "
        f"{' and '.join(model.files)} of {model_id} to {weights_folder(model_id, cache_dir)}"
    )


def remedy(model_id: str, cache_dir: Path) -> str:
    """What to do where a model does not load."""
    return (
        f"{how_to_obtain(model_id, cache_dir)}; or use the starter model, which needs no download: {ask_for(STARTER)}."
    )


def damaged(model_id: str, cache_dir: Path) -> ModelUnavailable:
    """The error for weights that are there and do not load."""
    return ModelUnavailable(
        f"{model_id} does not load: its weights are damaged, or are not those of {_FAMILIES[MODELS[model_id].family]}.",
        remedy(model_id, cache_dir),
    )


def refused(model_id: str, cache_dir: Path) -> ModelUnavailable:
    """The error for weights that Roboflow does not hand out."""
    return ModelUnavailable(
        f"Roboflow does not hand out the weights of {model_id} to this machine.",
        f"Set ROBOFLOW_API_KEY to a key of a Roboflow account; or {_lower_first(remedy(model_id, cache_dir))}",
    )


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _unreachable(address: str) -> str:
    """What keeps us from the address; empty where anything at all answers."""
    problem = [f"no answer within {DEADLINE:g} seconds"]

    def ask() -> None:
        problem[0] = _ask(address)

    asking = threading.Thread(target=ask, name="weights-reachable", daemon=True)
    asking.start()
    asking.join(DEADLINE)
    return problem[0]


def _ask(address: str) -> str:
    import httpx  # only where there are no weights yet, as `ssl` and `socket`

    try:
        httpx.head(address, timeout=_TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        # A certificate that this client does not know is an answer: Inference, which downloads, may know it.
        return "" if _about_certificate(error) else in_words(error)
    return ""


def in_words(error: Exception) -> str:
    """What kept httpx from an answer: a part of a sentence."""
    import socket

    import httpx

    causes = list(_chain(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "there is no server with this name"
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "it does not answer"
    if isinstance(error, httpx.TimeoutException):
        return f"no answer within {_TIMEOUT:g} seconds"
    return (
        "it is not a URL"
        if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol)
        else "the connection was lost"
    )


def _about_certificate(error: BaseException | None) -> bool:
    import ssl

    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
