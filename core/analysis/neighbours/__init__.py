"""Which pictures of a collection are nearest to each other: one graph, kept, that several analyses read."""
