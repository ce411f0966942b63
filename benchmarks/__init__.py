"""Measures what docs/promises.md promises: one command for each promise, which prints its own table."""

import os

# Before NumPy is imported. After a product of matrices OpenBLAS keeps its threads spinning for some 20 ms, and what is
# measured in turn with NumPy would get one core less. NumPy itself is as fast without.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
