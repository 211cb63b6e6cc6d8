"""Addresses: whose connection this is, and how many one may hold before proving a key."""

from __future__ import annotations

import ipaddress
from collections import Counter

from aiohttp import web

from server.config import Network
from server.requests.refusals import Refused
from signaling.errors import ErrorCode

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _parse(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def is_among(text: str, networks: tuple[Network, ...]) -> bool:
    """Whether this is an address of one of the networks."""
    address = _parse(text)
    return address is not None and any(
        address.version == network.version and address in network for network in networks
    )


def group_of(text: str) -> str:
    """Name what an address counts as: itself, or its /64 where it is IPv6."""
    address = _parse(text)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def client_of(request: web.Request, trusted: tuple[Network, ...]) -> str:
    """Name what a request counts against.

    X-Forwarded-For is read from the right, and only as far as trusted proxies wrote it.
    """
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
    client = request.remote or ""
    for hop in reversed(forwarded.split(",")):
        if not is_among(client, trusted) or _parse(hop) is None:
            break
        client = hop
    return group_of(client)


class Addresses:
    """How many unproven connections each address holds. Nothing is kept about closed ones."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[str] = Counter()

    def __repr__(self) -> str:
        return "Addresses(hidden)"

    def take(self, address: str) -> None:
        """Raises `too_many_connections`."""
        if self._held[address] >= self._most:
            raise Refused(ErrorCode.TOO_MANY_CONNECTIONS)
        self._held[address] += 1

    def give_back(self, address: str) -> None:
        self._held[address] -= 1
        if self._held[address] <= 0:
            del self._held[address]
