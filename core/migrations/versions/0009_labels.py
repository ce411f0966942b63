"""Class lists, and what people have said of classes and labels."""

from alembic import op
from sqlalchemy import Boolean, Column, Float, ForeignKey, Integer, String, Text, UniqueConstraint

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "class_lists",
        Column("id", Integer, primary_key=True),
        Column("index_name", String(512), nullable=False),
        Column("name", String(100), nullable=False),
        Column("classes", Text, nullable=False),
        Column("exclusive", Boolean, nullable=False),
        Column("applied", Boolean, nullable=False),
        Column("tags", Boolean, nullable=False),
        Column("changed_at", Float, nullable=False),
        UniqueConstraint("index_name", "name", name="class_lists_by_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "class_decisions",
        Column("list_id", Integer, ForeignKey("class_lists.id", ondelete="CASCADE"), primary_key=True),
        Column("class_name", String(100), primary_key=True),
        Column("content_hash", String(64), primary_key=True),
        Column("is_right", Boolean, nullable=False),
        Column("decided_at", Float, nullable=False),
    )
    op.create_table(
        "label_decisions",
        Column("index_name", String(512), primary_key=True),
        Column("content_hash", String(64), primary_key=True),
        Column("label", String(100), primary_key=True),
        Column("kind", String(16), nullable=False),
        Column("verdict", String(16), nullable=False),
        Column("replacement", String(100), nullable=False),
        Column("who", String(200), nullable=False),
        Column("decided_at", Float, nullable=False),
    )
