"""What may go wrong between a program and the app."""

import json

_MAX_WORDS = 2000  # characters of an answer that are repeated


class ImageSearchError(Exception):
    """What went wrong, and what to do about it.

    Args:
        message: What happened, in a sentence.
        remedy: What to do about it, in another; may be empty.
        status: That of the answer; None where the app was not reached, or it went wrong on the way.
    """

    def __init__(self, message: str, remedy: str = "", status: int | None = None) -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.message, self.remedy, self.status = message, remedy, status

    def __reduce__(self) -> tuple[type["ImageSearchError"], tuple[str, str, int | None]]:
        return type(self), (self.message, self.remedy, self.status)  # exceptions come out of other processes too


def refused(status: int, body: bytes) -> ImageSearchError:
    """Of an answer that is none: in the app's words where they are the app's."""
    if said := told(body):
        return ImageSearchError(*said, status)
    if 300 <= status < 400:
        return ImageSearchError("The app sends elsewhere.", "Give the URL that it is served at, and a token.", status)
    return ImageSearchError(f"The answer has the status {status}.", "Check that this is the URL of the app.", status)


def told(body: bytes | str) -> tuple[str, str] | None:
    """The message and the remedy of a body that is an error; None of any other."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    return error_of(said)


def error_of(said: object) -> tuple[str, str] | None:
    """Likewise of a value."""
    if not isinstance(said, dict) or not isinstance(said.get("error"), str) or not said.keys() <= {"error", "remedy"}:
        return None
    return said["error"][:_MAX_WORDS], str(said.get("remedy") or "")[:_MAX_WORDS]
