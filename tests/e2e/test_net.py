"""The harness itself: it must carry packets, drop them when told, and leave nothing behind."""

from __future__ import annotations

import socket
import subprocess

import pytest

from tests.e2e import net

pytestmark = [pytest.mark.e2e, pytest.mark.root]


def reaches(source: net.Host, target: net.Host, kind: socket.SocketKind) -> bool:
    """Whether a datagram, or a connection, of `source` arrives at `target`."""
    with target.entered():
        server = socket.socket(type=kind)
    with source.entered():
        client = socket.socket(type=kind)
    with server, client:
        server.settimeout(1)
        client.settimeout(1)
        server.bind((target.address, 0))
        if kind is socket.SOCK_STREAM:
            server.listen()
        try:
            client.connect((target.address, server.getsockname()[1]))
            if kind is socket.SOCK_DGRAM:
                client.send(b"x")
                server.recv(1)
        except TimeoutError:
            return False
    return True


def test_rules_hold_and_everything_passes_without_them() -> None:
    with net.network() as network:
        one = network.host("one", "192.0.2.10/28")
        two = network.host("two", "198.51.100.10/28")
        assert reaches(one, two, socket.SOCK_DGRAM)
        network.drop(f"ip saddr {one.address} ip daddr {two.address} meta l4proto udp")
        assert not reaches(one, two, socket.SOCK_DGRAM)
        assert network.dropped() > 0
        assert reaches(one, two, socket.SOCK_STREAM)
        assert reaches(two, one, socket.SOCK_DGRAM)
        network.drop()
        assert reaches(one, two, socket.SOCK_DGRAM)


def test_a_rule_with_a_wrong_word_is_an_error() -> None:
    with net.network() as network, pytest.raises(RuntimeError, match="nft"):
        network.drop("ip sadr 192.0.2.10")


def test_a_host_can_move_to_another_address() -> None:
    with net.network() as network:
        one = network.host("one", "192.0.2.10/28")
        two = network.host("two", "198.51.100.10/28")
        one.move("203.0.113.10/28")
        assert one.address == "203.0.113.10"
        assert reaches(one, two, socket.SOCK_STREAM)
        assert reaches(two, one, socket.SOCK_DGRAM)


def test_addresses_of_real_networks_are_refused() -> None:
    with net.network() as network, pytest.raises(ValueError, match="documentation"):
        network.host("one", "10.0.0.2/24")


def test_nothing_is_left_even_after_a_failure() -> None:
    names: list[str] = []

    def fail() -> None:
        with net.network() as network:
            names.append(network.router)
            network.host("one", "192.0.2.10/28")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    left = subprocess.run(["ip", "netns"], check=True, capture_output=True, text=True).stdout
    assert names[0] not in left


def test_no_root_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(net.NetworkUnavailable, match="need root: sudo make test"):
        net.require()
