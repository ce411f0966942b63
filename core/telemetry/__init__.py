"""What a running process tells of itself: its logs, which request or job a line is of, and events, for who counts."""
