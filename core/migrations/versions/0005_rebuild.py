"""What a job that rebuilds the index is to do."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("jobs", Column("rebuild", Text))
