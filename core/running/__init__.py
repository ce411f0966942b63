"""How a command finds the app that runs on the same data folder, and has it answer.

A command that starts has a model and an index to load; the app has both. It listens on the loopback interface, beside
its web server and apart from it, and leaves a note in the data folder that only its own user can read. Nothing here
imports more than a few modules of the standard library: it is what a command begins with.
"""
