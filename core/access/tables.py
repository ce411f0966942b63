"""The tables of tokens, of who did what, and of sessions that people have ended."""

from sqlalchemy import Column, Float, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),  # SHA-256 of the token, hexadecimal
    Column("role", String(16), nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("made_key", String(64), nullable=False),
    Column("maker", Text),  # JSON: e-mail and groups of who has signed in; none where nobody had to
    Column("created_at", Float, nullable=False),  # seconds since the epoch; likewise the next
    Column("expires_at", Float),
    Column("last_used_at", Float),
    sqlite_autoincrement=True,  # else the number of one that was revoked would be given to another
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),  # seconds since the epoch
    Column("who", String(200), nullable=False),
    Column("action", String(100), nullable=False),
    Column("subject", Text, nullable=False),
    Column("index_name", String(512)),  # none where it is about no index
    Index("audit_by_time", "at"),
    sqlite_autoincrement=True,
)

ended_sessions = Table(
    "ended_sessions",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("ends_at", Float, nullable=False),  # by itself: seconds since the epoch
)
