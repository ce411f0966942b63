"""Which request asked for a job, as the logs have it."""

from alembic import op
from sqlalchemy import Column, String

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("jobs", Column("request_id", String(128)))
