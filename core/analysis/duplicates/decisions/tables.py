"""The tables of what people decided about duplicates."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

actions = Table(
    "duplicate_actions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("index_name", String(512), nullable=False),
    Column("at", Float, nullable=False),  # seconds since the epoch
    Column("by", String(200), nullable=False),
    Column("title", Text, nullable=False),
    Column("counts", Text, nullable=False),  # JSON
    Column("before", Text, nullable=False),  # JSON: what undoing it brings back
    Column("undone", Boolean, nullable=False),
    Index("duplicate_actions_by_index", "index_name", "id"),
    sqlite_autoincrement=True,
)

decisions = Table(
    "duplicate_decisions",
    metadata,
    Column("index_name", String(512), primary_key=True),
    Column("content_hash", String(64), primary_key=True),
    Column("path_hash", String(32), primary_key=True),  # the record's id: which of several files with these bytes
    Column("path", Text, nullable=False),  # of the file then: where it is moved, the nearest to it is meant
    Column("decision", String(16), nullable=False),
    Column("action", Integer, nullable=False),
)

distinct = Table(
    "duplicate_distinct",
    metadata,
    Column("index_name", String(512), primary_key=True),
    Column("first", String(64), primary_key=True),  # content hashes, the smaller first; equal ones: several copies stay
    Column("second", String(64), primary_key=True),
    Column("action", Integer, nullable=False),
)

merges = Table(
    "duplicate_merges",
    metadata,
    Column("index_name", String(512), primary_key=True),
    Column("content_hash", String(64), primary_key=True),  # of what is kept
    Column("boxes", Text, nullable=False),  # JSON: labels and boxes that it was given
    Column("action", Integer, nullable=False),
)
