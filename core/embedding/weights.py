"""Where Inference keeps the weights of a CLIP model, and whether they can be had; all without importing Inference."""

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from core.errors import ModelUnavailable

WEIGHTS = ("visual.onnx", "textual.onnx")
"""The files of a CLIP model."""

_API = "https://api.roboflow.com"
_TIMEOUT = 3.0  # seconds for each step of the connection
DEADLINE = 4.5
"""Seconds for all of it: no timeout of the client covers the look-up of the name."""


def weights_folder(model_id: str, cache_dir: Path) -> Path:
    """Where Inference looks for the weights: `get_cache_dir` of its `core.cache.model_artifacts`."""
    digest = hashlib.blake2s(model_id.encode(), digest_size=16).hexdigest()
    return cache_dir / f"~{model_id.replace('/', '-')}-{digest}"


def present_weights(model_id: str, cache_dir: Path) -> tuple[Path, Path] | None:
    """Both files of `WEIGHTS`, in its order; `clip/…` below the cache is where earlier releases of Inference kept them.

    None where one is missing.
    """
    for folder in (weights_folder(model_id, cache_dir), cache_dir / model_id):
        visual, textual = (folder / name for name in WEIGHTS)
        if visual.is_file() and textual.is_file():
            return visual, textual
    return None


def check_obtainable(model_id: str, cache_dir: Path) -> None:
    """Find out within five seconds that loading a model cannot succeed.

    Raises:
        ModelUnavailable: the weights are not on this machine and cannot be downloaded.
    """
    if present_weights(model_id, cache_dir):
        return
    folder = weights_folder(model_id, cache_dir)
    if os.environ.get("OFFLINE_MODE", "").lower() not in ("", "0", "false"):
        reason = "OFFLINE_MODE is set"
    else:
        address = os.environ.get("API_BASE_URL") or _API
        if not (problem := _unreachable(address)):
            return
        reason = f"{address} cannot be reached: {problem}"
    raise ModelUnavailable(f"The weights of {model_id} are not in {folder}, and {reason}.", remedy(model_id, cache_dir))


def how_to_obtain(model_id: str, cache_dir: Path) -> str:
    """What to do where the weights are missing or damaged; a sentence without its full stop."""
    return (
        f"Connect this machine to the internet once, so that the weights can be downloaded; or copy "
        f"{' and '.join(WEIGHTS)} of {model_id} to {weights_folder(model_id, cache_dir)}"
    )


def remedy(model_id: str, cache_dir: Path) -> str:
    """What to do where a CLIP model does not load."""
    return (
        f"{how_to_obtain(model_id, cache_dir)}; or set IMAGE_SEARCH_MODEL=starter for the starter model, "
        "which needs no download."
    )


def damaged(model_id: str, cache_dir: Path) -> ModelUnavailable:
    """The error for weights that are there and do not load."""
    return ModelUnavailable(
        f"{model_id} does not load: its weights are damaged, or are not those of a CLIP model.",
        remedy(model_id, cache_dir),
    )


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
        return "" if _about_certificate(error) else _in_words(error)
    return ""


def _in_words(error: Exception) -> str:
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
