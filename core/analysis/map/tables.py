"""The tables of selections, and of what people call clusters."""

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, UniqueConstraint

MAX_BYTES = 1 << 26
"""Of the ids of one selection: four million."""

metadata = MetaData()

selections = Table(
    "selections",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("index_name", String(512), nullable=False),
    Column("name", String(100)),  # none of those that are temporary
    Column("folded", String(200)),  # what names are compared by
    Column("count", Integer, nullable=False),
    Column("ids", LargeBinary(MAX_BYTES), nullable=False),  # 16 bytes of each record
    Column("made_by", String(200), nullable=False),
    Column("created_at", Float, nullable=False),  # seconds since the epoch; likewise the next
    Column("used_at", Float, nullable=False),
    UniqueConstraint("index_name", "folded", name="selections_by_name"),
    Index("selections_by_use", "index_name", "used_at"),
)

cluster_names = Table(
    "cluster_names",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("index_name", String(512), nullable=False),
    Column("name", String(100), nullable=False),
    Column("size", Integer, nullable=False),  # pictures in the cluster when it was named
    Column("members", LargeBinary(1 << 16), nullable=False),  # 16 bytes of the content hash of some of them
    Column("named_by", String(200), nullable=False),
    Column("named_at", Float, nullable=False),
    Index("cluster_names_of_index", "index_name"),
    sqlite_autoincrement=True,
)
