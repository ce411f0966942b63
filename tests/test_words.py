"""Numbers, sizes and times as people read them, and what no text of the app says."""

import re

import pytest
from typer.testing import CliRunner

from core.access.actors import COMMAND_LINE, browser_label, by_whom
from core.cli import app
from core.text.words import ago, counted, duration, file_size, pictures
from tests.texts import all_texts, command_line, described

COMMANDS = [place.split()[3:] for place, _ in command_line() if re.fullmatch(r"python -m core( \w+)*", place)]


@pytest.fixture
def runner():
    return CliRunner()


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 pictures"), (1, "1 picture"), (2, "2 pictures"), (1_204, "1,204 pictures")]
)
def test_the_number_decides_between_singular_and_plural(number, words):
    assert pictures(number) == words


def test_a_plural_of_its_own():
    assert [counted(number, "copy", "copies") for number in (1, 2)] == ["1 copy", "2 copies"]


@pytest.mark.parametrize(
    ("size", "words"),
    [
        *((0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1 kB"), (999_499, "999 kB")),
        *((999_500, "1.0 MB"), (3_440_000, "3.4 MB"), (999_949_999, "999.9 MB"), (999_950_000, "1.0 GB")),
        (1_234_500_000_000, "1,234.5 GB"),
    ],
)
def test_a_size_never_says_a_thousand_of_a_unit(size, words):
    assert file_size(size) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *((0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 0 s")),
        *((3_599.4, "59 min 59 s"), (3_599.6, "1 h 0 min"), (7_500, "2 h 5 min")),
    ],
)
def test_a_duration_never_says_sixty(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("before", "words"),
    [(10, "just now"), (61, "1 minute ago"), (7_300, "2 hours ago"), (90_000, "1 day ago"), (200_000, "2 days ago")],
)
def test_how_long_ago(before, words, monkeypatch):
    monkeypatch.setattr("core.text.words.time.time", lambda: 1e9)
    assert ago(1e9 - before) == words


def test_what_never_was():
    assert ago(None) == "never"


NEVER = {
    "a Germanism": (
        r"(?<![Tt]here )\bis no (?!longer|such)|\bany more\b|(?<!near-)(?<!early )\bblanks?\b|"
        r"\b(lies|lying|lie) (?!between)|"
        r"\bleads? (out|to|nowhere|in)\b|\btake[ns]? (away|back)\b|\b(may|must) not be (read|written|opened)\b|"
        r"\bthe right to\b|\blooked? for\b|\b(is|are) to be\b|\blikewise\b|\bso well\b|\bby itself shown\b"
    ),
    "an ellipsis apart from its word": r"[a-z] …(?! OR)|\.\.\.$",
    "address, where URL is said": r"(?<!public )(?<!own )\baddress(es)?\b(?! mismatch)",
    "archive, where ZIP file is said": r"\b(ZIP )archive|\b(this|the|its) archive\b",
    "photo, image or item, where picture is said": r"\b(?<!a live )photos?\b|\bitems\b",
    "directory, where folder is said": r"\bdirector(y|ies)\b",
    "database of another name than job database": r"\bThe journal\b",
    "words of the system or of a library": r"\b(errno|traceback|exception|Pillow|PIL|pydantic|uvicorn|SSL|stderr)\b",
    "a number that is not a plural's": r"\{\} \(s\)|\bpicture\(s\)|\bfile\(s\)",
    "sent, where uploaded is said": r"\bsent from a browser\b|\b(Send|Sending) (the )?(file|picture)s? again",
}
"""What no text says, by why it is not said."""

OF_OTHERS = (  # sentences that others write, and that are told by; versions of what reads pictures
    "{} Pillow {}",
    *("Not a directory", "Is a directory", "ip address mismatch", "The values of a directory overlap."),
    *("PanicException", "RustPanic"),
)


@pytest.mark.parametrize("why", NEVER)
def test_what_is_never_said(why):
    found = [
        (place, text) for place, text in all_texts() if re.search(NEVER[why], text) and not text.startswith(OF_OTHERS)
    ]
    assert not found


def test_there_are_texts_of_each_kind():
    """That a rule finds nothing must not come of there being nothing to look at."""
    places = " ".join(place for place, _ in all_texts())
    kinds = ("core/errors.py", "pages/router.py", "gallery.html", "results/head.js", "python -m core search -k")
    assert all(kind in places for kind in (*kinds, "openapi.json paths /api/v1/search get"))
    assert len(all_texts()) > 1000


@pytest.mark.parametrize("place", [place for place, _ in command_line() if not place.endswith("--help")])
def test_every_command_and_option_is_a_sentence_in_the_help(place):
    text = dict(command_line())[place]
    assert text[:1].isupper()
    assert text.endswith(".")


def test_no_default_is_nothing(runner):
    shown = "".join(runner.invoke(app, [*words, "--help"]).output for words in COMMANDS)
    assert "None" not in shown


def test_routes_have_summaries_of_their_own():
    summaries = [text for place, text in described() if re.search(r"paths \S+ (get|post|put|delete) summary$", place)]
    assert len(summaries) == len(set(summaries)) > 15
    assert all(re.match(r"[A-Z][a-z]+ ", f"{summary} ") and not summary.endswith(".") for summary in summaries)


def test_every_field_of_what_is_sent_is_described_in_whole_words():
    texts = [text for place, text in described() if "schemas" in place]
    assert all(text[0].isupper() or text[0] == "`" or text.startswith("null") for text in texts)
    assert all(text.endswith((".", "`.", ":")) for text in texts)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (COMMAND_LINE.label, "from the command line"),
        ("Firefox on Linux", "by Firefox on Linux"),
        (browser_label(""), "by a browser"),
    ],
)
def test_by_whom(who, said):
    assert by_whom(who) == said
