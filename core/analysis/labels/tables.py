"""The table of what people have said of labels."""

from sqlalchemy import Column, Float, MetaData, String, Table

MAX_LABEL = 100
"""Characters."""

metadata = MetaData()

decisions = Table(
    "label_decisions",
    metadata,
    Column("index_name", String(512), primary_key=True),
    Column("content_hash", String(64), primary_key=True),
    Column("label", String(MAX_LABEL), primary_key=True),
    Column("kind", String(16), nullable=False),  # given: of a label that it has; missing: of one that it has not
    Column("verdict", String(16), nullable=False),  # right, wrong, replaced
    Column("replacement", String(MAX_LABEL), nullable=False),
    Column("who", String(200), nullable=False),
    Column("decided_at", Float, nullable=False),  # seconds since the epoch
)
