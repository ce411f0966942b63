"""What libraries write to the terminal by themselves, without a name of the file: they are told not to."""

import ctypes
import logging
from contextlib import suppress

from PIL import Image

_HANDLERS = ("TIFFSetErrorHandler", "TIFFSetWarningHandler")


def silence() -> bool:
    """For all threads and for good; Pillow raises an error of its own for what counts. Returns whether libtiff could be
    reached: where it is part of Pillow's module, as on Windows, it cannot.

    Sending the file descriptor elsewhere meanwhile would swallow what other threads write.
    """
    logging.getLogger("PIL").setLevel(logging.CRITICAL)
    with suppress(OSError, AttributeError):
        # The libraries that it needs are searched with it.
        module = ctypes.CDLL(Image.core.__file__)  # type: ignore[attr-defined]
        for name in _HANDLERS:
            handler = getattr(module, name)
            handler.argtypes, handler.restype = [ctypes.c_void_p], ctypes.c_void_p
            handler(None)
        return True
    return False
