"""Web servers and object stores."""
