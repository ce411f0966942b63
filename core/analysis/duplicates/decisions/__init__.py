"""What people decide about duplicates, in the database."""
