"""What is offered where a sentence says what not to show, and where nothing is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.search.language.negation import suggest_rewrite
from core.search.language.parser import format_, parse


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("a beach without people", "a beach − people"),
        ("no zebra", "− zebra"),
        ("No zebra", "− zebra"),
        ("no people", "− people"),
        ("no text", "− text"),
        ("no red cars", "− red cars"),
        ("not a dog", "− dog"),
        ("without a hat", "− hat"),
        ("no cats and dogs", "− cats − dogs"),
        ("no cars on a street", "on a street − cars"),
        ("cat not dog", "cat − dog"),
        ("cat NOT dog", "cat − dog"),
        ("people not smiling", "people − smiling"),
        ("a child, not crying", "a child − crying"),
        ("no people label:cat", "− people label:cat"),
        ("street no cars", "street − cars"),
        ("beach no people", "beach − people"),
        ("dog but not on grass", "dog − grass"),
        ("cat not on a sofa", "cat − sofa"),
        ("a car but not red", "a car − red"),
        ("dogs, not cats", "dogs − cats"),
        ("kitchen with no one in it", "kitchen − people"),
        ("city with nobody around", "city − people"),
        ("an empty street without anyone", "an empty street − people"),
        ("a beach without people at sunset", "a beach at sunset − people"),
        ("a beach, no people, at sunset", "a beach at sunset − people"),
        ("a man without a hat on a horse", "a man on a horse − hat"),
        ("a lake without any boats in the background.", "a lake − boats"),
        ("a street without cars and people", "a street − cars − people"),
        ("a street with no cars, no bikes or people", "a street − cars − bikes − people"),
        ("a street that has no cars", "a street − cars"),
        ("a field where there are no cows", "a field − cows"),
        ("a sky without clouds but with birds", "a sky with birds − clouds"),
        ("forest but no snow and without people", "forest − snow − people"),
        ("a street without signs", "a street − signs"),
        ("a house w/o windows", "a house − windows"),
        ("a house without a built-in garage", "a house − built-in garage"),
        ("2:beach without people + sunset label:cat", "2:beach − people + sunset label:cat"),
    ],
)
def test_what_is_not_to_be_shown_is_offered_as_a_term(text, offered):
    assert suggest_rewrite(text) == offered
    assert suggest_rewrite(offered) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a beach",
        "a beach − people",
        "no smoking sign",
        "no smoking",
        "no entry",
        "No Doubt",
        "No Country for Old Men",
        "no country for old men",
        "no man's land",
        "no way",
        "no parking",
        "NO DOGS",
        "error 404 not found",
        "do not disturb",
        "life is not a game",
        "it's not unusual",
        "not only cats",
        "not for sale",
        "forget me not",
        "to be or not to be",
        "a no smoking sign",
        "a wall with no smoking on it",
        "a gate with a sign no dogs",
        "a street no entry",
        "a street no parking",
        "a street with no entry signs",
        "a door, no dogs allowed",
        "Chanel No. 5",
        "chanel no 5",
        "a house with no 5",
        "love knows no bounds",
        "a horse no man's land",
        "Dr No movies",
        "A WALL NO DOGS",
        "Reporters without Borders",
        "rebel without a cause",
        "a plate with nothing on it",
        "a bench without anything on it",
        "forget me not in a vase",
        "to be or not in spring",
        "a person who is not in a car",
        "cachorro no parque",
        "kimi no na wa",
        "casino notes",
        'street "no cars"',
        "a “beach without people”",
        "a house without a very large old wooden door",
        "beach − street without cars",
        "beach without people 5:sun",
    ],
)
def test_where_nothing_is_offered(text):
    assert suggest_rewrite(text) is None


PIECES = [
    "a",
    "beach",
    "no",
    "not",
    "without",
    "but",
    "and",
    "with",
    ",",
    "people",
    "cars",
    "one",
    "in",
    "it",
    "nobody",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES)))
def test_whatever_is_offered_can_be_read(pieces):
    offered = suggest_rewrite(" ".join(pieces))
    if offered is not None:
        assert format_(*parse(offered)) == offered
        assert any(part.weight < 0 for part in parse(offered)[0])
