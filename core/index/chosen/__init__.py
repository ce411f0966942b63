"""Records that somebody has chosen, as many as there may be."""
