"""What models may do with a collection: search it, look at its pictures, and say what they found."""
