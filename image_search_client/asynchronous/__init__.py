"""The client for programs that have an event loop."""
