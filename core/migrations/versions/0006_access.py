"""Tokens for programs, and who did what."""

from alembic import op
from sqlalchemy import Column, Float, Integer, String, Text, UniqueConstraint

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "tokens",
        Column("id", Integer, primary_key=True),
        Column("name", String(100), nullable=False),
        Column("digest", String(64), nullable=False),
        Column("role", String(16), nullable=False),
        Column("made_by", String(200), nullable=False),
        Column("made_key", String(64), nullable=False),
        Column("maker", Text),
        Column("created_at", Float, nullable=False),
        Column("expires_at", Float),
        Column("last_used_at", Float),
        UniqueConstraint("digest"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audit",
        Column("id", Integer, primary_key=True),
        Column("at", Float, nullable=False),
        Column("who", String(200), nullable=False),
        Column("action", String(100), nullable=False),
        Column("subject", Text, nullable=False),
        Column("index_name", String(512)),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_by_time", "audit", ["at"])
