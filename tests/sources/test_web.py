"""The links of an index page."""

import pytest

from core.sources.remote.http_store import HttpStore


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<a href="a.jpg">', ["a.jpg"]),
        ("<A class=x\n HREF = 'a.jpg'>", ["a.jpg"]),
        ("<a href=a.jpg>", ["a.jpg"]),
        ('<a href="a.jpg"><a href="./a.jpg"><a href="/open/a.jpg#top">', ["a.jpg"]),
        ('<a href="https://pictures.example/open/b/">', ["b"]),
        ('<a href="a%20b&amp;c.jpg">', ["a%20b&c.jpg"]),
        ('<a href="../"><a href="/"><a href="/opening/a.jpg"><a href="https://evil.example/open/a.jpg">', []),
        ('<a href="../closed/a.jpg"><a href="..%2fclosed/a.jpg"><a href="%2e%2e/closed/">', []),
        ('<a href="?C=N;O=D"><a href="a.jpg?C=N"><a href="#top"><a href="javascript:x()"><a href="//[">', []),
        ("a.jpg <img src='a.jpg'>", []),
    ],
)
def test_links_below_an_index_page(page, expected, monkeypatch):
    web = HttpStore(public_only=False)
    monkeypatch.setattr(web, "read", lambda url, limit: page.encode())
    (found,) = web.pages("https://pictures.example/open")
    assert [entry.url for entry in found] == [f"https://pictures.example/open/{name}" for name in expected]


def test_a_page_full_of_half_links_takes_no_time_to_speak_of(monkeypatch):
    web = HttpStore(public_only=False)
    monkeypatch.setattr(web, "read", lambda url, limit: b"<a href=" * (limit // 8))
    assert list(web.pages("https://pictures.example/open")) == [[]]
