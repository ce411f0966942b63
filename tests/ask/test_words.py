"""What is read of what a model writes, and what its pictures cost."""

import pytest

from core.ask.cost import patch_tokens, text_tokens, tile_tokens
from core.ask.words import Thoughts, cited


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Zebras [3] and [1].", (3, 1)),
        ("[1, 2] [2; 3] [1][3]", (1, 2, 3)),
        ("[9] [0] [12345678] [a] [] [1.5] (1)", ()),
        ("[3](http://evil.example) [[1]]", (3, 1)),
    ],
)
def test_what_a_text_cites(text, numbers):
    assert cited(text, {1, 2, 3}) == numbers


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<think>Let me see</think>\n\nRed.", "Red."),
        ("  <think>a <b> </think>Red <think>stays</think>", "Red <think>stays</think>"),
        ("<thin ice", "<thin ice"),
        ("Red.", "Red."),
        ("<think>never ends", ""),
    ],
)
def test_thoughts_are_left_out_however_they_come(text, answer, size):
    thoughts = Thoughts()
    assert "".join(thoughts.without(text[at : at + size]) for at in range(0, len(text), size)) == answer


def test_what_pictures_cost():
    assert patch_tokens(280, 280) == 100
    assert patch_tokens(281, 280) == 110
    assert tile_tokens(512, 512) == 255  # as published for one tile
    assert tile_tokens(1024, 1024) == 765  # and for a picture of this size
    assert tile_tokens(2048, 4096) == 1105  # and this
    assert text_tokens("eight be") == 2
