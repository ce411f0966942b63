"""NumPy's products on one thread."""

import subprocess
import sys

from threadpoolctl import threadpool_info

from core.runtime.blas import use_one_thread


def test_products_of_matrices_take_one_thread():
    use_one_thread()
    libraries = [library for library in threadpool_info() if "numpy" in library["filepath"]]  # others may be here
    assert libraries
    assert {library["num_threads"] for library in libraries} == {1}


def test_a_process_that_begins_with_one_thread_makes_no_other():
    code = (
        "import sys; from core.runtime.blas import begin_with_one_thread, use_one_thread; begin_with_one_thread()\n"
        "import numpy; use_one_thread(); assert 'threadpoolctl' not in sys.modules\n"
        "from threadpoolctl import threadpool_info; print({one['num_threads'] for one in threadpool_info()})"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "{1}\n"
