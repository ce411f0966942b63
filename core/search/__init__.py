"""From a query of words and pictures to the nearest records."""
