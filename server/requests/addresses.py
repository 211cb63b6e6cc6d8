"""Addresses: whose connection this is, and how many one may hold before proving a key."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

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


def client_of(request: web.Request, trusted: tuple[Network, ...]) -> str:
    """Name what a connection counts against: an IPv4 address, or the /64 of an IPv6 one.

    X-Forwarded-For is read from the right, and only as far as trusted proxies wrote it.
    """
    hops = [request.remote or ""]
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
    hops += [hop for hop in reversed(forwarded.split(",")) if hop.strip()]
    address: Address | None = None
    for hop in hops:
        found = _parse(hop)
        if found is None:
            break
        address = found
        if not any(found.version == net.version and found in net for net in trusted):
            break
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


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

    @contextmanager
    def holding(self, address: str) -> Iterator[None]:
        self.take(address)
        try:
            yield
        finally:
            self.give_back(address)
