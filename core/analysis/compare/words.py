"""A comparison in words: no number of statistics stands alone."""

from collections.abc import Mapping
from typing import Any

EVIDENCE = {
    "strong": "strong evidence",
    "clear": "clear evidence",
    "weak": "weak evidence",
    "none": "no difference to be seen",
    "few": "too few pictures to tell",
}
FEWEST = 6  # as `evidence` has it, which imports more than a page needs


def verdict_words(verdict: Mapping[str, Any]) -> str:
    """What comes out, in two sentences at most.

    Args:
        verdict: As the comparison keeps it.
    """
    word, told, witnesses = verdict["evidence"], verdict["told_apart"], verdict["witnesses"]
    if word == "few":
        return (
            f"Too few pictures to tell: look-alikes counted once, there are {witnesses[0]:,} and {witnesses[1]:,}, and "
            f"it takes {FEWEST} on either side."
        )
    if word == "none":
        return f"No difference to be seen.{_told(told)}"
    return f"{EVIDENCE[word].capitalize()} that the two sides differ.{_told(told)}"


def _told(told: float | None) -> str:
    if told is None:
        return ""
    return f" From a picture alone its side can be told {round(100 * told)} times in 100; a guess is right 50 times."


def overlap_words(overlap: Mapping[str, Any]) -> str:
    """What both sides have."""
    same, (first, second) = overlap["same"], overlap["alike"]
    files = f"{same:,} files are on both sides." if same != 1 else "1 file is on both sides."
    if not first and not second:
        return "No file is on both sides, and nothing of one looks like anything of the other." if not same else files
    return (
        f"{files if same else 'No file is on both sides.'} {_percent(first)} of the first side have a look-alike on "
        f"the second, {_percent(second)} of the second on the first."
    )


def _percent(share: float) -> str:
    return "under 1 %" if 0 < share < 0.01 else f"{round(100 * share)} %"
