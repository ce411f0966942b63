"""Names that requests are sent to: what can be one, and which are answered."""

import pytest

from core.hosts import LOOPBACK, Host, Hosts, is_same_origin, parse_host, parse_pattern


@pytest.mark.parametrize(
    ("header", "name", "port"),
    [
        ("localhost", "localhost", None),
        ("localhost:8501", "localhost", 8501),
        ("LocalHost.:80", "localhost", 80),
        ("127.0.0.1:8501", "127.0.0.1", 8501),
        ("[::1]:8501", "::1", 8501),
        ("[0:0:0:0:0:0:0:1]", "::1", None),
        ("[FE80::A]", "fe80::a", None),
        ("Photos.Example.com:65535", "photos.example.com", 65535),
        ("xn--bcher-kva.example", "xn--bcher-kva.example", None),
        ("my_nas:1", "my_nas", 1),
    ],
)
def test_what_names_a_host(header, name, port):
    assert parse_host(header) == Host(name, port)


@pytest.mark.parametrize(
    "header",
    [
        *("", " ", ".", "..", "localhost..", ".localhost", "a..b", "-a", "a-", "localhost:", "localhost:http"),
        *("localhost:65536", "localhost:99999", "localhost:123456", "localhost:-1", "localhost:+80", "localhost:８０"),
        *(
            "localhost:80:80",
            "::1",
            "[::1",
            "::1]",
            "[::1]x",
            "[localhost]",
            "[]",
            "[fe80::1%25eth0]",
            "[fe80::1%eth0]",
        ),
        *(
            "localhost@evil.example",
            "evil.example@localhost",
            "localhost/",
            "localhost/x",
            "localhost?x",
            "localhost#x",
        ),
        *("localhost evil", "localhost,evil", "localhost\\evil", "http://localhost", "bücher.example", "a" * 300),
        *("localhost\t", "localhost\x00", "localhost%2eevil", "*", "*.example.com", "[::ffff:127.0.0.1]:x"),
    ],
)
def test_what_names_none(header):
    assert parse_host(header) is None


@pytest.mark.parametrize(
    ("setting", "pattern"),
    [
        ("photos.example.com", "photos.example.com"),
        ("Photos.Example.COM.", "photos.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("192.168.1.5", "192.168.1.5"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("2001:db8:0::1", "2001:db8::1"),
        ("*.example.com", "*.example.com"),
        (".example.com", "*.example.com"),
        ("*", "*"),
    ],
)
def test_settings(setting, pattern):
    assert parse_pattern(setting) == pattern


@pytest.mark.parametrize(
    "setting", ["", ".", "*.", "**", "http://a.example", "a.example:80", "a.example/x", "*.::1", "a b", "a*.b", "*.*.b"]
)
def test_what_no_setting_can_be(setting):
    with pytest.raises(ValueError, match=r"photos\.example\.com"):
        parse_pattern(setting)


@pytest.mark.parametrize(
    ("header", "allowed"),
    [
        *[(header, True) for header in ("localhost:1", "127.0.0.1", "[::1]", "a.example.com", "A.B.example.com.:80")],
        *[
            (header, False)
            for header in ("example.com", "aexample.com", "example.com.evil", "127.0.0.2", "localhost.evil")
        ],
        *[
            (header, False)
            for header in ("evil.localhost", "127.1", "2130706433", "0x7f.1", "0.0.0.0", "[::ffff:7f00:1]")
        ],
    ],
)
def test_what_is_answered(header, allowed):
    host = parse_host(header)
    assert host
    assert Hosts([*LOOPBACK, "*.example.com"]).allows(host) is allowed


def test_every_name():
    assert Hosts(["*"]).allows(Host("anything.example", None))
    assert not Hosts([]).allows(Host("localhost", None))


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://localhost:8501", "localhost:8501", True),
        ("http://LOCALHOST:8501", "localhost.:8501", True),
        ("https://photos.example.com", "photos.example.com", True),
        ("https://photos.example.com", "photos.example.com:443", True),
        ("http://photos.example.com:80", "photos.example.com", True),
        ("http://[::1]:8501", "[0::1]:8501", True),
        ("http://localhost:3000", "localhost:8501", False),
        ("http://localhost", "localhost:8501", False),
        ("http://127.0.0.1:8501", "localhost:8501", False),
        ("https://photos.example.com:80", "photos.example.com", False),
        ("https://evil.example", "photos.example.com", False),
        ("http://localhost:8501@evil.example", "localhost:8501", False),
        ("http://evil.example/localhost:8501", "localhost:8501", False),
        ("file://", "localhost", False),
        ("null", "localhost", False),
        ("", "localhost", False),
        ("localhost:8501", "localhost:8501", False),
        ("ftp://localhost:8501", "localhost:8501", False),
        ("chrome-extension://localhost", "localhost", False),
    ],
)
def test_whose_page_it_is(origin, host, same):
    assert is_same_origin(origin, parse_host(host)) is same  # type: ignore[arg-type]
