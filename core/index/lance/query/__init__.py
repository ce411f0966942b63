"""What is asked of a LanceDB table, and what the answers come to."""
