"""Sessions that people have ended, in the database."""

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from core.access.tables import ended_sessions as table
from core.database import transaction

_column = table.c


def note(engine: Engine, session_id: str, ends_at: float) -> None:
    """Once, whoever else does too."""
    with transaction(engine) as connection:
        if connection.scalar(select(_column.id).where(_column.id == session_id)) is None:
            try:
                connection.execute(insert(table).values(id=session_id, ends_at=ends_at))
            except IntegrityError:  # another process was faster
                connection.rollback()


def noted(engine: Engine, now: float, limit: int) -> dict[str, float]:
    """When each would end by itself, by their ids: those that would still go on."""
    query = select(_column.id, _column.ends_at).where(_column.ends_at > now).order_by(_column.ends_at.desc())
    with transaction(engine) as connection:
        return {str(id_): float(ends_at) for id_, ends_at in connection.execute(query.limit(limit))}


def forget(engine: Engine, before: float) -> None:
    """Those that have ended by themselves."""
    with transaction(engine) as connection:
        connection.execute(delete(table).where(_column.ends_at <= before))
