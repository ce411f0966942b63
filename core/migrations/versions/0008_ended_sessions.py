"""Sessions that people have ended."""

from alembic import op
from sqlalchemy import Column, Float, String

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "ended_sessions", Column("id", String(128), primary_key=True), Column("ends_at", Float, nullable=False)
    )
