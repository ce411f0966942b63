"""At which revision a database is, and how it is brought to the last one."""

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from core.migrations import VERSION_TABLE

_ALONE = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "SELECT pg_advisory_xact_lock(hashtext('image_search_version'))",
}
"""Of processes that start at the same moment one changes the tables, and the others wait."""

_version = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32), primary_key=True))


def version(connection: Connection) -> str | None:
    """The revision that a database is at, None where it was made before there were any, or is empty."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(select(_version.c.version_num))


def is_known(revision: str | None) -> bool:
    """Whether this version of the app can bring such a database up to date: it cannot where a newer one made it."""
    return revision is None or any(file.stem.partition("_")[0] == revision for file in _versions())


def upgrade(connection: Connection) -> None:
    """Bring it up to date, within the transaction of this connection."""
    # Here, for a database that is up to date needs none of it.
    from alembic import command
    from alembic.config import Config

    if alone := _ALONE.get(connection.dialect.name):
        connection.exec_driver_sql(alone)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    command.upgrade(config, "head")


def _versions() -> list[Path]:
    return list((Path(__file__).parent / "versions").glob("*.py"))
