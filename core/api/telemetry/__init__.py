"""What is told of a server: a line and a number for each request, and `/metrics`."""
