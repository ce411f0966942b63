"""Results to answer with and to take away."""
