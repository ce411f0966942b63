"""Selections of pictures, and what people call clusters."""

from alembic import op
from sqlalchemy import Column, Float, Integer, LargeBinary, String, UniqueConstraint

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "selections",
        Column("id", String(16), primary_key=True),
        Column("index_name", String(512), nullable=False),
        Column("name", String(100)),
        Column("folded", String(200)),
        Column("count", Integer, nullable=False),
        Column("ids", LargeBinary(1 << 26), nullable=False),
        Column("made_by", String(200), nullable=False),
        Column("created_at", Float, nullable=False),
        Column("used_at", Float, nullable=False),
        UniqueConstraint("index_name", "folded", name="selections_by_name"),
    )
    op.create_index("selections_by_use", "selections", ["index_name", "used_at"])
    op.create_table(
        "cluster_names",
        Column("id", Integer, primary_key=True),
        Column("index_name", String(512), nullable=False),
        Column("name", String(100), nullable=False),
        Column("size", Integer, nullable=False),
        Column("members", LargeBinary(1 << 16), nullable=False),
        Column("named_by", String(200), nullable=False),
        Column("named_at", Float, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("cluster_names_of_index", "cluster_names", ["index_name"])
