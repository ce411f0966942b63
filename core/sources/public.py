"""A web client that reaches public addresses alone: for what visitors of the app name."""

import ipaddress
import socket
from typing import Any

import aiohttp

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # all else is reserved (IANA's IPv6 address space)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits


class NotPublic(OSError):
    """An address of this machine or its network was about to be connected to."""


async def public_client(**options: Any) -> aiohttp.ClientSession:
    """Raises NotPublic, within aiohttp's own error. No proxy is asked, which would connect to any address."""
    connector = aiohttp.TCPConnector(socket_factory=_public_socket)
    return aiohttp.ClientSession(connector=connector, trust_env=False, **options)


async def any_client(**options: Any) -> aiohttp.ClientSession:
    """Goes wherever it is sent, with the proxies and passwords of whoever runs this."""
    return aiohttp.ClientSession(trust_env=True, **options)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public network: not of this machine, its network, or a group."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip in _NAT64:
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast
    return ip.is_global and ip in _GLOBAL_UNICAST and ip.sixtofour is None


def _public_socket(address: aiohttp.AddrInfoType) -> socket.socket:
    """Called with the very address that is connected to next: whatever names, redirects and resolvers said before."""
    family, kind, protocol, _, (host, *_) = address
    if not is_public(str(host)):
        raise NotPublic("its server has no public address")
    return socket.socket(family, kind, protocol)
