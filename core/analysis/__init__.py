"""What is found out about a collection as a whole: each kind of analysis in a room of its own, carried out by jobs."""
