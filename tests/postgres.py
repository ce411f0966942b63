"""A real PostgreSQL of the tests' own, which they stop and start; its data survives that."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.nodes import free_port, wait_until

NO_POSTGRES = "no PostgreSQL: initdb is not installed"

_SETTINGS = (
    "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "full_page_writes=off",
    "synchronous_commit=off", "shared_buffers=16MB", "max_connections=60", "autovacuum=off", "timezone=Asia/Kathmandu",
)  # fmt: skip
"""Nothing of it has to outlive the machine; the time zone is one that nobody is in by chance."""


def programs() -> Path | None:
    """Where the programs of the newest PostgreSQL are; None where there is none."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), default=None)


class Postgres:
    """One server on this machine.

    Args:
        folder: For its data, empty; where the tests run as root, another user must be able to reach it.
    """

    def __init__(self, folder: Path) -> None:
        found = programs()
        assert found
        self._programs, self._folder, self._port = found, folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        if _is_root():
            shutil.chown(folder, "postgres", "postgres")
        self._run("initdb", "--auth=trust", "--username=tests", "--no-sync", "--locale=C.UTF-8", "--encoding=UTF8")

    def start(self) -> None:
        """Nothing where it is up."""
        if self._process and self._process.poll() is None:
            return
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        command = self._command("postgres", "-p", str(self._port), *settings)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, cwd="/")
        wait_until(self._answers, 30, "PostgreSQL is up")

    def stop(self) -> None:
        """At once, whatever is under way."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGINT)
            self._process.wait(30)

    def new_database(self) -> str:
        """The URL of an empty one."""
        name = f"t{uuid4().hex[:12]}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://tests@127.0.0.1:{self._port}/{name}"

    def _answers(self) -> bool:
        with suppress(OperationalError):
            self._execute("SELECT 1")
            return True
        return False

    def _execute(self, statement: str) -> None:
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(self._command(program, *arguments), check=True, capture_output=True, cwd="/")

    def _command(self, program: str, *arguments: str) -> list[str]:
        command = [str(self._programs / program), "-D", str(self._folder), *arguments]
        # The server refuses to run as root.
        return (
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command] if _is_root() else command
        )


def _is_root() -> bool:
    return os.geteuid() == 0
