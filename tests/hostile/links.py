"""Links, pipes and sockets: what stands among files and is none."""

import os
import socket
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from tests.hostile.drawn import png
from tests.hostile.kinds import Fate, Kind, added, below, duplicate, outside_of, several, skipped

OUT, NOWHERE, NO_FILE = "points outside the folder", "broken link", "a pipe, socket or device"


def linked(path: str, says: str, target: str | Callable[[Path], Path]) -> Kind:
    """A link that is not followed."""

    def put(folder: Path) -> list[Fate]:
        (folder / path).symlink_to(target if isinstance(target, str) else target(folder))
        return [skipped(path, says)]

    return put


def within(**links: str) -> Kind:
    """Links to what is found anyway."""

    def put(folder: Path) -> list[Fate]:
        fates = below(folder, "album")
        for path, target in links.items():
            (folder / path).symlink_to(target)
        return fates

    return put


def secret(folder: Path) -> Path:
    return outside_of(folder) / "secret.png"


def annex(folder: Path) -> list[Fate]:
    """A store that keeps its files aside, without endings, as git-annex does."""
    (folder / ".store").mkdir()
    (folder / ".store" / "0a1b").write_bytes(png())
    for name in ("a.png", "b.png"):
        (folder / name).symlink_to(".store/0a1b")
    return [added(".store/0a1b")]


def hard_linked(folder: Path) -> list[Fate]:
    (folder / "a.png").write_bytes(png())
    (folder / "b.png").hardlink_to(folder / "a.png")
    return [added("a.png"), duplicate("b.png")]


def pipe(folder: Path, name: str = "x.jpg") -> list[Fate]:
    os.mkfifo(folder / name)
    return [skipped(name, NO_FILE)]


def listening(folder: Path) -> list[Fate]:
    address = outside_of(folder) / "x"  # paths of sockets are short
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(os.fspath(address))
    address.rename(folder / "x.jpg")
    return [skipped("x.jpg", NO_FILE)]


LINKS: dict[str, Kind] = {
    "a link to a picture outside": linked("x.png", OUT, secret),
    "a link to a folder outside": linked("x", OUT, outside_of),
    "a relative link to a folder outside": linked("x", OUT, "../../outside"),
    "a link to the folder above the root": linked("x", OUT, "../.."),
    "a link to all files there are": linked("x", OUT, "/"),
    "a link to a device": linked("x.png", OUT, "/dev/zero"),
    "a link to the memory of the app": linked("x.png", OUT, "/proc/self/mem"),
    "links in a chain that leads out": several(
        linked("a.png", OUT, "b.png"), linked("b.png", OUT, "c.png"), linked("c.png", OUT, secret)
    ),
    "a link that leads out and in again": within(x="../../pictures/../pictures"),
    "a link to nothing": linked("x.png", NOWHERE, "nothing.png"),
    "a link to itself": linked("x.png", NOWHERE, "x.png"),
    "links in a circle": several(linked("a.png", NOWHERE, "b.png"), linked("b.png", NOWHERE, "a.png")),
    "a link through a file": several(linked("x.png", NOWHERE, "album/x.png/x.png"), partial(below, name="album")),
    "a link to a picture within": within(**{"x.png": "album/x.png", "a.png": "x.png", "text": "album/x.png"}),
    "a link to a folder within": within(x="album", y="x"),
    "a link to the folder it is in": within(**{"album/up": "..", "album/here": "."}),
    "a link to what is hidden": annex,
    "two names of one file": hard_linked,
    "a pipe named as a picture": pipe,
    "a socket named as a picture": listening,
}
