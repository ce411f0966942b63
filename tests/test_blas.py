"""NumPy's products on one thread."""

from threadpoolctl import threadpool_info

from core.runtime.blas import use_one_thread


def test_products_of_matrices_take_one_thread():
    use_one_thread()
    libraries = [library for library in threadpool_info() if "numpy" in library["filepath"]]  # others may be here
    assert libraries
    assert {library["num_threads"] for library in libraries} == {1}
