"""Which argument is the text of a search."""

import pytest

from core.cli.texts import with_text_last

VALUED = {"-k", "--label", "--folder"}


@pytest.mark.parametrize("text", ["- people", "-label:cat", "- label:person", "-(label:a OR label:b)", '-"red car"'])
def test_a_text_that_begins_with_a_minus_is_no_option(text):
    assert with_text_last([text, "--json"], VALUED) == ["--json", "--", text]
    assert with_text_last(["-k", "5", text], VALUED) == ["-k", "5", "--", text]


@pytest.mark.parametrize(
    "args",
    [
        ["a dog", "-k", "5"],
        ["--label", "-x:y", "dog"],
        ["--json", "--", "- people"],
        ["-k5"],
        ["--folder=/a:b"],
        ["--help"],
    ],
)
def test_other_arguments_stay(args):
    assert with_text_last(args, VALUED) == args
