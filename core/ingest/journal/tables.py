"""The journal's tables."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("index_name", String(512), nullable=False),  # which index it fills
    Column("title", Text, nullable=False),
    Column("sources", Text, nullable=False),  # locations, as JSON
    Column("status", String(16), nullable=False),
    Column("auto_start", Boolean, nullable=False),  # as soon as it is planned
    Column("discard_if_empty", Boolean, nullable=False),
    Column("prunes", Boolean, nullable=False),
    Column("requested", String(16)),  # what another thread or process wants of the one that runs it
    Column("owner", String(200)),
    Column("phase", String(32), nullable=False),
    Column("plan", Text, nullable=False),  # JSON; likewise the next
    Column("counts", Text, nullable=False),
    Column("recent", Text, nullable=False),
    Column("error", Text),
    Column("note", Text, nullable=False),
    Column("rate", Float, nullable=False),
    Column("memory", BigInteger, nullable=False),
    Column("embedded", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("working", Float, nullable=False),
    Column("interruptions", Integer, nullable=False),
    Column("restarts_without_progress", Integer, nullable=False),
    Column("done_before", Integer, nullable=False),
    Column("created_at", Float, nullable=False),  # seconds since the epoch; likewise the next
    Column("ended_at", Float),
    Column("retry_at", Float),
    Column("model_id", String(100), nullable=False),
    # Added later, so without a value in older rows.
    Column("kind", String(16)),
    Column("started_by", String(200)),
    Column("started_key", String(64)),
    Column("changed_by", String(200)),
    Column("request_id", String(128)),
    Column("rebuild", Text),  # JSON; likewise the next
    Column("analysis", Text),
    sqlite_autoincrement=True,  # else the number of a job that was forgotten would be given to another
)

files = Table(
    "files",
    metadata,
    Column("job", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("source", Integer, nullable=False),  # its place in the job's sources
    Column("path", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("planned", String(16), nullable=False),
    Column("content_hash", String(64)),  # of the record that is there
    Column("outcome", String(16)),
    Column("reason", Text),
    Column("problem", String(16)),  # added later
    Index("files_by_outcome", "job", "outcome"),
    sqlite_with_rowid=False,
)
_known = files.c.content_hash.is_not(None)  # of few
Index("files_by_content", files.c.job, files.c.content_hash, sqlite_where=_known, postgresql_where=_known)

_has_problem = files.c.problem.is_not(None)
Index("files_by_problem", files.c.job, files.c.problem, sqlite_where=_has_problem, postgresql_where=_has_problem)

refusals = Table(
    "refusals",
    metadata,
    Column("id", String(64), primary_key=True),  # of the record that the file would have
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("reader", String(100), nullable=False),  # what could not read it
    Column("reason", Text, nullable=False),
    Column("problem", String(16)),
)

sources = Table(
    "sources",
    metadata,
    Column("index_name", String(512), primary_key=True),
    Column("location", String(4000), primary_key=True),
    Column("title", Text, nullable=False),
    Column("followed", Boolean, nullable=False),
    Column("mounts", Text, nullable=False),  # JSON
    Column("added_at", Float, nullable=False),
    Column("checked_at", Float),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(600), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("expires", Float, nullable=False),  # seconds since the epoch, by the clock of the database
    Index("leases_by_holder", "holder"),
)
