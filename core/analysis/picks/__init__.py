"""Which pictures to take of many: the most diverse, the typical, so many of each kind, or by chance."""
