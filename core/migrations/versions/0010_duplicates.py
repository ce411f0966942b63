"""What people decided about duplicates."""

from alembic import op
from sqlalchemy import Boolean, Column, Float, Integer, String, Text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "duplicate_actions",
        Column("id", Integer, primary_key=True),
        Column("index_name", String(512), nullable=False),
        Column("at", Float, nullable=False),
        Column("by", String(200), nullable=False),
        Column("title", Text, nullable=False),
        Column("counts", Text, nullable=False),
        Column("before", Text, nullable=False),
        Column("undone", Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("duplicate_actions_by_index", "duplicate_actions", ["index_name", "id"])
    op.create_table(
        "duplicate_decisions",
        Column("index_name", String(512), primary_key=True),
        Column("content_hash", String(64), primary_key=True),
        Column("path_hash", String(32), primary_key=True),
        Column("path", Text, nullable=False),
        Column("decision", String(16), nullable=False),
        Column("action", Integer, nullable=False),
    )
    op.create_table(
        "duplicate_distinct",
        Column("index_name", String(512), primary_key=True),
        Column("first", String(64), primary_key=True),
        Column("second", String(64), primary_key=True),
        Column("action", Integer, nullable=False),
    )
    op.create_table(
        "duplicate_merges",
        Column("index_name", String(512), primary_key=True),
        Column("content_hash", String(64), primary_key=True),
        Column("boxes", Text, nullable=False),
        Column("action", Integer, nullable=False),
    )
