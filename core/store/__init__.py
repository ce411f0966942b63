"""A store of files that the app's processes on several machines share, and the folder of each that mirrors it."""
