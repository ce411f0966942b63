"""What jobs are called by is what the code calls it."""

from alembic import op

revision = "0002"
down_revision = "0001"

_NAMES = {
    "starts": "auto_start",
    "quiet": "discard_if_empty",
    "wish": "requested",
    "stalled": "restarts_without_progress",
}


def upgrade() -> None:
    """Every database has the former names: the first revision sees to it."""
    for before, after in _NAMES.items():
        op.alter_column("jobs", before, new_column_name=after)
