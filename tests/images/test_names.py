"""Names and paths as people can read them, and as answers can carry them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.names import display_name, printable, utf8_safe


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/a/b c.jpg", "/a/b c.jpg"),
        ("/a/b\nc.jpg", "/a/b\nc.jpg"),  # a path that scripts may use
        ("/a/caf\udce9.jpg", "/a/caf�.jpg"),
        ("\ud800", "�"),
        ("👩\u200d🚀.png", "👩\u200d🚀.png"),
    ],
)
def test_displayable_text_is_changed_only_where_it_must_be(text, expected):
    assert utf8_safe(text) == expected


@given(st.text(st.characters()))
def test_displayable_text_can_be_sent(text):
    utf8_safe(text).encode()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a/b c.jpg", "/a/b c.jpg"),
        ("/a/b\nc.jpg", "/a/b�c.jpg"),
        ("/a/caf\udce9.jpg", "/a/caf�.jpg"),
        ("👩\u200d🚀.png", "👩\u200d🚀.png"),
        ("x\u202egpj.exe", "x�gpj.exe"),
    ],
)
def test_what_messages_show_has_nothing_invisible(path, expected):
    assert printable(path) == expected


class TestDisplayName:
    @pytest.mark.parametrize(
        ("sent", "shown"),
        [
            ("cat.jpg", "cat.jpg"),
            ("Ünï cödé 猫.png", "Ünï cödé 猫.png"),
            ("e\u0301.png", "é.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\cat.jpg", "cat.jpg"),
            ("a\x00b\x1b[31m\n.jpg", "ab[31m .jpg"),
            ("photo\u202egpj.exe", "photogpj.exe"),
            ("\u2066x\u2069.png", "x.png"),
            ("caf\udce9.jpg", "caf.jpg"),
            ("  two   spaces .jpg ", "two spaces .jpg"),
            ("👩\u200d🚀.png", "👩\u200d🚀.png"),
            ("", "upload"),
            ("/", "upload"),
            ("..", "upload"),
            (" . ", "upload"),
            ("\u202e", "upload"),
        ],
    )
    def test_examples(self, sent, shown):
        assert display_name(sent) == shown

    def test_long_names_keep_their_suffix(self):
        assert display_name("x" * 10_000 + ".jpeg").endswith("….jpeg")

    @given(st.text())
    def test_any_text(self, sent):
        shown = display_name(sent)
        assert 0 < len(shown) <= 120
        assert not set(shown) & set("/\\\n\r\t\0\u202e")
        assert display_name(shown) == shown
        shown.encode()
