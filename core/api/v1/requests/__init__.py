"""What programs can send, and what of it is refused before anything is done with it."""
