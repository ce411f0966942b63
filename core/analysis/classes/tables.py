"""The tables of class lists, and of what people have said of single pictures."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Integer, MetaData, String, Table, Text, UniqueConstraint

MAX_NAME = 100
"""Characters of the name of a list, and of a class."""

metadata = MetaData()

lists = Table(
    "class_lists",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("index_name", String(512), nullable=False),
    Column("name", String(MAX_NAME), nullable=False),
    Column("classes", Text, nullable=False),  # JSON: name, words, threshold of each
    Column("exclusive", Boolean, nullable=False),
    Column("applied", Boolean, nullable=False),
    Column("tags", Boolean, nullable=False),
    Column("changed_at", Float, nullable=False),  # seconds since the epoch
    UniqueConstraint("index_name", "name", name="class_lists_by_name"),
    sqlite_autoincrement=True,  # else the number of one that was deleted would be given to another
)

decisions = Table(
    "class_decisions",
    metadata,
    Column("list_id", Integer, ForeignKey("class_lists.id", ondelete="CASCADE"), primary_key=True),
    Column("class_name", String(MAX_NAME), primary_key=True),
    Column("content_hash", String(64), primary_key=True),
    Column("is_right", Boolean, nullable=False),
    Column("decided_at", Float, nullable=False),  # seconds since the epoch
)
