"""Which request something is done for, through threads and jobs."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.telemetry import context


@pytest.mark.parametrize(
    "given", ["a", "7f0e-11", "Root=1-67891233-abcdef012345678912345678", "a.b:c@d/e+f_g=", "x" * 128]
)
def test_a_sane_id_is_kept(given):
    assert context.begin_request(given) == context.request_id() == given


@pytest.mark.parametrize("given", [None, "", " a", "a b", "a\nb", '"a"', "é", "x" * 129, "-a", "a\x00", "<a>", "a;b"])
def test_another_gets_a_new_one(given):
    made = context.begin_request(given)
    assert made != given
    assert len(made) == 16
    assert context.begin_request(given) != made


def test_threads_carry_it_on_where_they_are_told_to():
    context.begin_request("mine")
    seen = []
    for target in (context.request_id, context.carried(context.request_id)):
        thread = threading.Thread(target=lambda target=target: seen.append(target()))
        thread.start()
        thread.join()
    with ThreadPoolExecutor(1) as pool:
        seen.append(pool.submit(context.carried(context.request_id)).result())
    assert seen == ["", "mine", "mine"]


def test_a_job_is_told_within_it():
    context.begin_request("other")
    with context.working_on(7, "asked"):
        assert context.fields() == {"request_id": "asked", "job": 7}
    assert context.fields() == {"request_id": "other"}
