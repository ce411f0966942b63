"""The embedded engine: LanceDB, a folder on this machine."""
