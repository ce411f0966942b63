"""Collections beside the first one, and what each is called."""

from alembic import op
from sqlalchemy import Column, Float, String, Text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "collections",
        Column("name", String(100), primary_key=True),
        Column("title", Text, nullable=False),
        Column("description", Text, nullable=False),
        Column("model_id", String(100), nullable=False),
        Column("folder", String(200), nullable=False),
        Column("created_at", Float, nullable=False),
        Column("deleted_at", Float),
        Column("deleted_by", String(200)),
    )
