"""A web client that reaches public addresses alone: for what visitors of the app name."""

import ipaddress
import socket
from typing import Any

import aiohttp

type _Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # all else is reserved (IANA's IPv6 address space)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})  # RFC 5214: before an IPv4 address in the last 32 bits
_NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        (
            "168.63.129.16/32",  # Azure's own services, of each machine
            "192.0.0.0/24",  # IETF protocol assignments; Oracle tells a machine its passwords at 192.0.0.192
            "192.88.99.0/24",  # relays for 6to4 (RFC 7526)
            "2001::/23",  # IETF protocol assignments, with Teredo, which holds any IPv4 address
            "2001:db8::/32",  # documentation (RFC 3849)
            "2002::/16",  # 6to4, which holds any IPv4 address
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)
"""What Python's own tables, which differ between its versions, call global at times."""


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
    """Whether an IP address, as sockets take it, is one of the public network: not of this machine, its network, its
    cloud, or a group."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return _is_global(ip)
    last = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip in _NAT64:
        return _is_global(last)
    isatap = int(ip) >> 32 & 0xFFFFFFFF in _ISATAP
    return ip in _GLOBAL_UNICAST and _is_global(ip) and (not isatap or _is_global(last))


def _is_global(ip: _Address) -> bool:
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NOT_PUBLIC)


def _public_socket(address: aiohttp.AddrInfoType) -> socket.socket:
    """Called with the very address that is connected to next: whatever names, redirects and resolvers said before."""
    family, kind, protocol, _, (host, *_) = address
    if not is_public(str(host)):
        raise NotPublic("its server has no public address")
    return socket.socket(family, kind, protocol)
