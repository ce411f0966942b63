"""What others made, in environments of its own: it need not go with what the app runs on."""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.table import say


def python_with(package: str, release: str, title: str = "") -> Path | None:
    """The Python of an environment with a package of the registry, made once and kept in the temporary folder; None,
    and a word, where it cannot be had.

    Args:
        title: What the package is called; by default as it is named.
    """
    title = title or package
    folder = Path(tempfile.gettempdir()) / "image-search-benchmarks" / f"{package}-{release}"
    python = folder / "bin" / "python"
    if not (folder / "ready").is_file():
        say(f"Installing {title} {release} in {folder}")
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, f"{package}=={release}"], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            say(f"Without {title}, which could not be installed: {error}")
            return None
        (folder / "ready").touch()
    return python
