"""Why a system does not give a file or folder, in words of ours: its own are for those who know its numbers."""

import errno

_WORDS = {
    (errno.ENOENT, errno.ENOTDIR): "it is gone",
    (errno.EISDIR,): "it is not a file",
    (errno.EACCES, errno.EPERM): "the app has no permission",
    (errno.ENAMETOOLONG,): "its name is too long",
    (errno.ELOOP,): "its links go in circles",
    (errno.EMFILE, errno.ENFILE): "too many files are open",
    (errno.EIO, errno.ENXIO, errno.ENODEV): "its drive reports an error",
    (errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENOTCONN, errno.ECONNRESET): (
        "its network drive does not answer"
    ),
}
_BY_NUMBER = {number: words for numbers, words in _WORDS.items() for number in numbers}


def reason(error: Exception) -> str:
    """The reason in an error, as a part of a sentence."""
    if isinstance(error, OSError):
        return _BY_NUMBER.get(error.errno or 0, "its drive does not respond")
    if isinstance(error, RuntimeError):  # of pathlib
        return "its links go in circles, or there is no such user"
    return "its name is not valid" if isinstance(error, ValueError) else "its drive does not respond"
