"""Two sides of a collection, or two collections: what one holds and the other lacks, and how sure that is."""
