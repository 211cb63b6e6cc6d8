"""TURN: what the shipped configuration relays, and what it refuses."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.e2e import net, turn

pytestmark = [pytest.mark.e2e, pytest.mark.root]

SECRET = "a secret of the tests"
FORBIDDEN = 403
RELAY_V6 = "2001:db8:1::10"

REFUSED_IPV4 = {
    "this network": "0.0.0.1",
    "private 10/8": "10.1.2.3",
    "shared address space": "100.64.0.1",
    "loopback": "127.0.0.1",
    "loopback, not the first": "127.8.9.10",
    "link-local, where clouds keep their metadata": "169.254.169.254",
    "private 172.16/12": "172.31.255.254",
    "protocol assignments": "192.0.0.8",
    "6to4 relay": "192.88.99.1",
    "private 192.168/16": "192.168.1.1",
    "benchmarking": "198.19.0.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
}
REFUSED_IPV6 = {
    "loopback": "::1",
    "unspecified": "::",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped private": "::ffff:10.1.2.3",
    "mapped metadata": "::ffff:169.254.169.254",
    "mapped public": "::ffff:198.51.100.10",
    "compatible loopback": "::127.0.0.1",
    "NAT64": "64:ff9b::10.1.2.3",
    "local NAT64": "64:ff9b:1::10.1.2.3",
    "discard": "100::1",
    "Teredo": "2001:0:1::1",
    "6to4 of a private address": "2002:a01:203::1",
    "unique local": "fd00::1",
    "link-local": "fe80::1",
    "site-local": "fec0::1",
    "multicast": "ff02::1",
}


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[net.Host, net.Host]]:
    """A stranger with a browser's rights, and coturn."""
    with net.network() as network:
        stranger = network.host("stranger", "192.0.2.10/28")
        relay = network.host("relay", "203.0.113.10/28")
        where = ("addr", "add", f"{RELAY_V6}/64", "dev", relay.link, "nodad")
        net.run("ip", "-n", relay.namespace, *where)
        with turn.coturn(relay, SECRET, tmp_path_factory.mktemp("coturn"), also=RELAY_V6):
            yield stranger, relay


@pytest.fixture
def client(hosts: tuple[net.Host, net.Host]) -> Iterator[turn.Client]:
    stranger, relay = hosts
    fresh = turn.Credential.until(time.time() + 600, SECRET)
    with turn.Client(stranger, relay.address, fresh) as made:
        yield made


def test_public_peers_are_served(client: turn.Client) -> None:
    assert client.allocate() == 0
    assert client.permission("198.51.100.10") == 0
    assert client.channel(0x4000, "198.51.100.11") == 0


def test_public_ipv6_peers_are_served(client: turn.Client) -> None:
    assert client.allocate(ipv6=True) == 0
    assert client.permission("2001:db8:2::1") == 0
    assert client.channel(0x4000, "2001:db8:2::2") == 0


def test_inside_ipv4_peers_are_refused(client: turn.Client) -> None:
    assert client.allocate() == 0
    answers = {
        name: (client.permission(peer), client.channel(0x4000 + at, peer))
        for at, (name, peer) in enumerate(REFUSED_IPV4.items())
    }
    assert answers == dict.fromkeys(REFUSED_IPV4, (FORBIDDEN, FORBIDDEN))


def test_inside_ipv6_peers_are_refused(client: turn.Client) -> None:
    assert client.allocate(ipv6=True) == 0
    answers = {
        name: (client.permission(peer), client.channel(0x4000 + at, peer))
        for at, (name, peer) in enumerate(REFUSED_IPV6.items())
    }
    assert answers == dict.fromkeys(REFUSED_IPV6, (FORBIDDEN, FORBIDDEN))


def test_mapped_peers_are_refused_on_an_ipv4_relay_too(client: turn.Client) -> None:
    assert client.allocate() == 0
    for name, peer in REFUSED_IPV6.items():
        assert client.permission(peer) != 0, name
        assert client.channel(0x4100, peer) != 0, name


def test_an_expired_credential_is_refused(hosts: tuple[net.Host, net.Host]) -> None:
    stranger, relay = hosts
    old = turn.Credential.until(time.time() - 1, SECRET)
    with turn.Client(stranger, relay.address, old) as client:
        assert client.allocate() == 401


def test_a_credential_under_another_secret_is_refused(hosts: tuple[net.Host, net.Host]) -> None:
    stranger, relay = hosts
    forged = turn.Credential.until(time.time() + 600, "another secret")
    with turn.Client(stranger, relay.address, forged) as client:
        assert client.allocate() == 401


def test_nobody_gets_a_relay_without_a_credential(hosts: tuple[net.Host, net.Host]) -> None:
    stranger, relay = hosts
    with turn.Client(stranger, relay.address) as client:
        assert client.allocate() == 401


def test_the_template_holds_no_value_of_ours() -> None:
    text: str = turn.TEMPLATE.read_text()
    assert "allow-loopback-peers" not in text
    assert "static-auth-secret=${SECRET}" in text


def test_an_allocation_quota_holds(hosts: tuple[net.Host, net.Host]) -> None:
    """One user's allocations end somewhere: coturn's own default is no limit.

    coturn counts by the user name without its time, so a server has to give each guest another.
    """
    stranger, relay = hosts
    credential = turn.Credential.until(time.time() + 600, SECRET, "greedy")
    clients = [turn.Client(stranger, relay.address, credential) for _ in range(20)]
    try:
        answers = [client.allocate() for client in clients]
    finally:
        for made in clients:
            made.__exit__()
    assert answers[:16] == [0] * 16
    assert set(answers[16:]) == {486}
