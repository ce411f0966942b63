"""colour_name: the eleven basic terms."""

import pytest

from core.images.colour.palette import NAMES, colour_name

# Centroids of the ISCC-NBS system, whose names end in a basic term (Kelly and Judd, NBS Special Publication 440, 1976).
NBS = {
    "red": ("#841b2d", "#722f37"),  # deep, dark
    "orange": ("#fd943f", "#be6516"),  # brilliant, deep
    "brown": ("#593319", "#422518", "#4b3621", "#3e1d1e"),  # deep, dark, dark yellowish, dark reddish
    "yellow": ("#fada5e", "#e9e450"),  # brilliant, brilliant greenish
    "green": ("#3eb489", "#00543d", "#1b4d3e", "#355e3b"),  # brilliant, deep, dark, dark yellowish
    "blue": ("#4997d0", "#00416a", "#00304e", "#6c79b8", "#239eba"),  # brilliant, deep, dark, two between
    "purple": ("#d399e6", "#602f6b", "#563c5c"),  # brilliant, deep, dark
    "pink": ("#ffc8d6", "#e4717a", "#c08081"),  # brilliant purplish, deep, dark
    "black": ("#222222",),
    "grey": ("#555555", "#81878b"),  # dark, bluish
    "white": ("#e9e9ed",),  # bluish
}


@pytest.mark.parametrize(("name", "rgb"), [(name, rgb) for name, shades in NBS.items() for rgb in shades])
def test_shades_of_every_term(name, rgb):
    assert colour_name(rgb) == name


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ("#000000", "black"),
        ("#808080", "grey"),
        ("#ffffff", "white"),
        ("#ff0000", "red"),
        ("#ff8000", "orange"),
        ("#ffff00", "yellow"),
        ("#00ff00", "green"),
        ("#0000ff", "blue"),
        ("#00ffff", "blue"),
        ("#800080", "purple"),
        ("#ffc0cb", "pink"),
        ("#654321", "brown"),
    ],
)
def test_pure_colours(rgb, name):
    assert colour_name(rgb) == name


@pytest.mark.parametrize(
    ("what", "rgb", "name"),
    [
        ("clear sky", "#87b5e0", "blue"),
        ("overcast sky", "#b4bcc6", "grey"),
        ("sea", "#2f6e86", "blue"),
        ("navy", "#101f3c", "blue"),
        ("grass", "#4f7031", "green"),
        ("wood", "#9a7148", "brown"),
        ("sand", "#cbb994", "brown"),
        ("wine", "#5b1224", "red"),
        ("dark skin", "#5a3a29", "brown"),
        ("brown skin", "#8d5524", "brown"),
        ("olive skin", "#c68642", "brown"),
        ("fair skin", "#f6d5c3", "pink"),
        ("night", "#0d0d14", "black"),
        ("snow", "#f4f7fa", "white"),
    ],
)
def test_what_is_in_photographs(what, rgb, name):
    assert colour_name(rgb) == name, what


@pytest.mark.parametrize("hue", [(1, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_a_primary_stays_what_it_is_from_dark_to_bright(hue):
    names = {colour_name("#" + "".join(f"{level * part:02x}" for part in hue)) for level in range(96, 256)}
    assert len(names) == 1


def test_greys_go_from_black_to_white():
    names = [colour_name(f"#{level:02x}{level:02x}{level:02x}") for level in range(256)]
    assert list(dict.fromkeys(names)) == ["black", "grey", "white"]
    assert names.count("grey") > 150


def test_every_term_is_used_and_no_other():
    steps = range(0, 256, 15)
    assert {colour_name(f"#{r:02x}{g:02x}{b:02x}") for r in steps for g in steps for b in steps} == set(NAMES)
