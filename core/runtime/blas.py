"""NumPy's products of matrices, on one thread."""

from functools import cache

from threadpoolctl import ThreadpoolController


@cache
def use_one_thread() -> None:
    """For all products of this process from now on.

    OpenBLAS wakes a thread for each core, and all of them then spin for 20 ms in wait of the next product. With the
    small ones of a search that takes twice as long as everything else of it, from the cores that the index and the
    model need.
    """
    ThreadpoolController().limit(limits=1, user_api="blas")
