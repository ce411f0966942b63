"""What scores mean in a collection: which hits are matches, and how good they are."""
