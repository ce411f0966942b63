"""Where records and their embeddings are kept, and the nearest are found."""
