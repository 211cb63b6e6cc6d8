"""A small internet of network namespaces, made for one test and torn down with it.

Every host stands in its own namespace behind a veth pair to one router namespace; nothing leads out
of the router, so no packet can leave the machine. Addresses come from the documentation ranges
(RFC 5737), which look public to a browser and to a TURN server's deny list. Filters are nft rules
in the router, and `drop` checks that the kernel really holds them.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import ipaddress
import itertools
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DOCUMENTATION = tuple(
    ipaddress.IPv4Network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
)
_CLONE_NEWNET = 0x40000000
_serial = itertools.count()


class NetworkUnavailable(Exception):
    """This machine does not let us make namespaces; the message says what to do."""


def run(*command: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def require() -> None:
    """Raise NetworkUnavailable unless namespaces and packet filters can be made here."""
    missing = [tool for tool in ("ip", "nft") if shutil.which(tool) is None]
    if missing:
        raise NetworkUnavailable(f"{' and '.join(missing)} not found: run make setup")
    if os.geteuid() != 0:
        raise NetworkUnavailable(
            "these tests make network namespaces and need root: sudo make test, "
            "or sudo .venv/bin/pytest tests/e2e"
        )


@dataclass
class Host:
    """A namespace with one address and a default route."""

    namespace: str
    name: str
    router: str
    address: str
    link: str

    def command(self, *command: str) -> tuple[str, ...]:
        """The command line that runs a program in this namespace, as the same process."""
        return ("ip", "netns", "exec", self.namespace, *command)

    def wrapper(self, program: str, folder: Path) -> Path:
        """An executable that starts `program` in this namespace, for tools that take a path."""
        path = folder / f"{self.name}-{Path(program).name}"
        script = f'#!/bin/sh\nexec ip netns exec {self.namespace} {program} "$@"\n'
        # A shell that another browser is started with may be reading the one that is there.
        if not path.exists() or path.read_text() != script:
            path.write_text(script)
            path.chmod(0o755)
        return path

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Sockets that this thread makes meanwhile belong to the namespace, and stay there."""
        libc = ctypes.CDLL(None, use_errno=True)
        with (
            Path("/proc/thread-self/ns/net").open() as home,
            Path(f"/run/netns/{self.namespace}").open() as there,
        ):
            _set_namespace(libc, there.fileno())
            try:
                yield
            finally:
                _set_namespace(libc, home.fileno())

    def move(self, address: str) -> None:
        """Take another address on another interface, as a phone leaving its Wi-Fi does."""
        run("ip", "-n", self.namespace, "link", "del", self.link)
        self.link, self.address = _attach(self.namespace, self.router, address)


def _set_namespace(libc: ctypes.CDLL, descriptor: int) -> None:
    if libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _attach(namespace: str, router: str, address: str) -> tuple[str, str]:
    """Cable a namespace to the router; the router takes the first address of the subnet."""
    interface = ipaddress.IPv4Interface(address)
    if not any(interface.network.subnet_of(block) for block in DOCUMENTATION):
        raise ValueError(f"{address} is not a documentation address")
    gateway = next(interface.network.hosts())
    serial = next(_serial)
    inside, outside = f"eth{serial}", f"r{serial}"
    run(*("ip", "-n", namespace, "link", "add", inside, "type", "veth"), *("peer", "name", outside))
    run("ip", "-n", namespace, "link", "set", outside, "netns", router)
    run("ip", "-n", namespace, "addr", "add", str(interface), "dev", inside)
    run(
        "ip",
        "-n",
        router,
        "addr",
        "add",
        f"{gateway}/{interface.network.prefixlen}",
        "dev",
        outside,
    )
    # No address of its own that comes up a second later: a browser takes that for another network,
    # and drops what it is loading.
    run("ip", "-n", namespace, "link", "set", inside, "addrgenmode", "none")
    run("ip", "-n", router, "link", "set", outside, "up")
    run("ip", "-n", namespace, "link", "set", inside, "up")
    run("ip", "-n", namespace, "route", "add", "default", "via", str(gateway))
    return inside, str(interface.ip)


@dataclass
class Network:
    """The router and its hosts. Use `network()`, which takes it all down again."""

    prefix: str
    hosts: dict[str, Host] = field(default_factory=dict)
    namespaces: list[str] = field(default_factory=list)

    @property
    def router(self) -> str:
        return f"{self.prefix}-r"

    def make_namespace(self, name: str) -> str:
        run("ip", "netns", "add", name)
        self.namespaces.append(name)
        run("ip", "-n", name, "link", "set", "lo", "up")
        return name

    def host(self, name: str, address: str) -> Host:
        """Add a host; `address` has its subnet, as in 192.0.2.10/28."""
        namespace = self.make_namespace(f"{self.prefix}-{name}")
        link, bare = _attach(namespace, self.router, address)
        self.hosts[name] = Host(namespace, name, self.router, bare, link)
        return self.hosts[name]

    def drop(self, *matches: str) -> None:
        """Let the router drop what matches, as in `ip saddr 192.0.2.10 meta l4proto udp`.

        Replaces all earlier rules; without arguments everything passes again. Raises RuntimeError
        when the kernel does not hold exactly these rules afterwards.
        """
        nft = ("ip", "netns", "exec", self.router, "nft")
        run(*nft, "flush", "ruleset")
        run(*nft, "add", "table", "inet", "test")
        chain = "{ type filter hook forward priority 0 ; policy accept ; }"
        run(*nft, "add", "chain", "inet", "test", "forward", chain)
        for match in matches:
            run(*nft, "add", "rule", "inet", "test", "forward", *match.split(), "counter", "drop")
        loaded = run(*nft, "list", "ruleset")
        if loaded.count(" drop") != len(matches):
            raise RuntimeError(f"asked for {len(matches)} rules, the kernel holds:\n{loaded}")

    def dropped(self) -> int:
        """How many packets the rules have dropped: none means that a rule proved nothing."""
        words = run("ip", "netns", "exec", self.router, "nft", "list", "ruleset").split()
        return sum(int(words[at + 1]) for at, word in enumerate(words) if word == "packets")


def tcp_socket() -> socket.socket:
    """A socket for an event loop; it belongs to the namespace that the thread is in."""
    made = socket.socket()
    made.setblocking(False)
    return made


def listener(address: str, port: int) -> socket.socket:
    """What to listen on, in the namespace that the thread is in."""
    made = tcp_socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((address, port))
    return made


async def stop(process: asyncio.subprocess.Process, seconds: float = 5) -> None:
    """End a child: ask it first, then insist."""
    if process.returncode is None:
        process.terminate()
        try:
            async with asyncio.timeout(seconds):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


@contextlib.contextmanager
def network() -> Iterator[Network]:
    require()
    made = Network(f"ap{os.getpid():x}x{next(_serial)}")
    try:
        run(
            "ip",
            "netns",
            "exec",
            made.make_namespace(made.router),
            "sysctl",
            "-qw",
            "net.ipv4.ip_forward=1",
        )
        made.drop()
        yield made
    finally:
        for name in reversed(made.namespaces):
            run("ip", "netns", "del", name)
