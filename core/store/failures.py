"""What drivers of stores raise, which have no common parent: told apart by what they say, and put into our words."""

import logging

from core.errors import StorageFull, StorageUnavailable, StoreUnavailable
from core.storage import is_full
from core.store.address import VARIABLE, driver_of
from core.text.redaction import scrubbed

_log = logging.getLogger(__name__)


def status_of(error: object) -> int | None:
    """Of the answer of a server, where the driver says it: the web's, Google's, Azure's, Amazon's."""
    for name in ("status", "status_code", "code"):
        if isinstance(status := getattr(error, name, None), int):
            return status
    answer = getattr(error, "response", None)
    head = answer.get("ResponseMetadata") if isinstance(answer, dict) else None
    status = head.get("HTTPStatusCode") if isinstance(head, dict) else None
    return status if isinstance(status, int) else None


def is_forbidden(error: Exception) -> bool:
    """Whether keys are missing, or do not let one in."""
    if isinstance(error, PermissionError) or status_of(error) in {401, 403}:
        return True
    return "credential" in f"{type(error).__name__} {error}".lower()  # as each driver's library has errors of its own


def lacks_bucket(error: BaseException | None) -> bool:
    """Whether it is the bucket that is missing, as far as the driver says so."""
    while error is not None:
        answer = getattr(error, "response", None)
        told = answer.get("Error") if isinstance(answer, dict) else None
        code = told.get("Code") if isinstance(told, dict) else None
        if code == "NoSuchBucket" or type(error).__name__ == "ContainerNotFound":
            return True
        error = error.__cause__
    return False


def is_missing(error: Exception) -> bool:
    """Whether there is no such file, in a bucket that is there."""
    return (isinstance(error, FileNotFoundError) or status_of(error) == 404) and not lacks_bucket(error)


def no_bucket(url: str) -> StoreUnavailable:
    return StoreUnavailable(
        f"The store {url} is not there: it has no such bucket.",
        f"Make the bucket, or correct {VARIABLE} and start again.",
    )


def told(url: str, error: Exception) -> StorageUnavailable:
    """In words of ours: those of a library name addresses with their keys.

    Args:
        url: Of the store.
    """
    if isinstance(error, StorageUnavailable):
        return error
    if lacks_bucket(error) or isinstance(error, FileNotFoundError):
        return no_bucket(url)
    if is_forbidden(error):
        return StoreUnavailable(f"The store {url} cannot be used: access is denied.", driver_of(url).credentials)
    if is_full(error):
        return StorageFull(f"There is no space left in the store {url}.", "Free some space there.")
    _log.warning("The store does not answer: %s", scrubbed(f"{type(error).__name__}: {error}"))
    return StoreUnavailable(
        f"The store {url} does not answer.",
        "Check that its server runs and can be reached: then jobs go on by themselves.",
    )
