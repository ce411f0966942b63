"""The journal on disk: jobs, their files and verdicts, and the sources they came from."""
