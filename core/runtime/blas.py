"""NumPy's products of matrices, on one thread.

OpenBLAS wakes a thread for each core, and all of them then spin for 20 ms in wait of the next product. With the small
ones of a search that takes twice as long as everything else of it, from the cores that the index and the model need.
"""

import os
import sys
from functools import cache

_VARIABLE = "OPENBLAS_NUM_THREADS"


def begin_with_one_thread() -> None:
    """For all products of this process and those that it starts, before NumPy is imported: no other thread is made,
    and nothing imported that could stop it."""
    if "numpy" not in sys.modules:
        os.environ[_VARIABLE] = "1"


@cache
def use_one_thread() -> None:
    """For all products of this process from now on."""
    if os.environ.get(_VARIABLE) == "1":
        return
    from threadpoolctl import ThreadpoolController

    ThreadpoolController().limit(limits=1, user_api="blas")
