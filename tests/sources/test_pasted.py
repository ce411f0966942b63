"""What is a path or a URL as a whole, and what is words."""

import pytest

from core.sources.pasted import pasted_location, spellings


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("/a/b.jpg", "/a/b.jpg"),
        ("  /a/b c.jpg\n", "/a/b c.jpg"),
        ('"/a/b c.jpg"', "/a/b c.jpg"),
        ("'/a/b - c.jpg'", "/a/b - c.jpg"),
        ("“/a/b.jpg”", "/a/b.jpg"),
        ("`~/b.jpg`", "~/b.jpg"),
        ("~me/b.jpg", "~me/b.jpg"),
        ("./b.jpg", "./b.jpg"),
        ("../c/b.jpg", "../c/b.jpg"),
        ("file:///a/b%20c%23.jpg", "/a/b c#.jpg"),
        ("FILE://localhost/a.jpg", "/a.jpg"),
        ("file:/a.jpg", "/a.jpg"),
        ("file://~/a.jpg", "~/a.jpg"),
        ("file:///C:/a%20b.jpg", "C:/a b.jpg"),
        ("file://nas/a.jpg", "//nas/a.jpg"),
        (r"C:\a b\c.jpg", r"C:\a b\c.jpg"),
        ("d:/c.jpg", "d:/c.jpg"),
        (r"\\nas\a.jpg", r"\\nas\a.jpg"),
        ("https://a.example/b.jpg?w=1", "https://a.example/b.jpg?w=1"),
        ("<https://a.example/b.jpg>", "https://a.example/b.jpg"),
        ("s3://bucket/b.jpg", "s3://bucket/b.jpg"),
        ("", None),
        ("/", None),
        ("~", None),
        ("~ish cat", None),
        ("and/or", None),
        ("note: this", None),
        ("a:b", None),
        ("16:9", None),
        ("see /a/b.jpg", None),
        ("-/a", None),
        ('"a cat"', None),
    ],
)
def test_what_is_a_location(text, location):
    assert pasted_location(text) == location


def test_what_a_terminal_has_escaped_is_tried_without():
    assert spellings("/a/b c.jpg") == ["/a/b c.jpg"]
    assert spellings(r"/a/b\ c\ \(1\).jpg") == [r"/a/b\ c\ \(1\).jpg", "/a/b c (1).jpg"]
