"""Which addresses are public."""

import pytest

from core.sources.remote.public import is_public


@pytest.mark.parametrize(
    "address",
    [
        "93.184.215.14",
        "8.8.8.8",
        "168.63.129.17",
        "192.88.98.1",
        "2606:4700::1111",
        "2001:4860:4860::8888",
        "3ffe::1",
        "64:ff9b::8.8.8.8",
        "2a00::5efe:8.8.8.8",
    ],
)
def test_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # where clouds tell a machine its passwords
        "100.64.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "2001::1",  # Teredo
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "2002:7f00:1::",  # 6to4
        "64:ff9b::127.0.0.1",  # NAT64
        "64:ff9b::10.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b::168.63.129.16",
        "64:ff9b::c000:c0",  # 192.0.0.192
        "64:ff9b:1::7f00:1",
        "64:ff9b:1::8.8.8.8",
        "168.63.129.16",  # Azure
        "192.0.0.192",  # Oracle
        "100.100.100.200",  # Alibaba
        "192.0.0.9",
        "192.0.2.1",
        "192.88.99.1",
        "192.88.99.255",
        "203.0.113.1",
        "3fff::1",
        "3fff:fff:ffff:ffff::",
        "2001:0:808:808::1",  # Teredo, by a public server
        "2001:20::1",
        "2002:808:808::1",
        "2002:a9fe:a9fe::1",
        "::8.8.8.8",
        "::ffff:0:8.8.8.8",
        "::ffff:169.254.169.254",
        "2a00::5efe:10.0.0.1",  # ISATAP
        "2a00::200:5efe:192.168.0.1",
        "fe80::5efe:8.8.8.8",
        "5f00::1",
        "0x7f.1",
        "2130706433",
        "localhost",
        "",
    ],
)
def test_not_public(address):
    assert not is_public(address)
