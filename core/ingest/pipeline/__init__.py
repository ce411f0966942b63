"""The way of a file: planned, read, embedded, stored; and taken out again."""
