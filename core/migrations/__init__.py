"""How the database of the app's own notes comes to the tables of this version, from those of any earlier one."""

HEAD = "0012"
"""The last revision in `versions`: what a database must have."""

VERSION_TABLE = "image_search_version"
"""Not Alembic's own name: others may keep their tables in the same database."""
