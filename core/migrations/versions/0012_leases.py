"""Which process holds what, where several machines share the database."""

from alembic import op
from sqlalchemy import Column, Float, String

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "leases",
        Column("name", String(600), primary_key=True),
        Column("holder", String(64), nullable=False),
        Column("expires", Float, nullable=False),
    )
    op.create_index("leases_by_holder", "leases", ["holder"])
    if op.get_bind().dialect.name == "postgresql":  # whose index holds 2,700 bytes of a row, fewer than a path may have
        op.execute("ALTER TABLE sources DROP CONSTRAINT sources_pkey")
        op.execute("ALTER TABLE sources ALTER COLUMN location TYPE text")
        op.execute("CREATE UNIQUE INDEX sources_by_location ON sources (index_name, md5(location))")
