"""What a job that analyses the collection is to do."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("jobs", Column("analysis", Text))
