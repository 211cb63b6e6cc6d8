"""`aparte imaging` says in a sentence what is wrong before anybody is asked for anything."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from client.cli import main
from client.imaging.pacs import base

LINK = "http://localhost:1/link/#1.x"
PERMIT = "http://localhost:1/send/#1.x"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("pacs.example.org", "begins with https://"),
        ("ftp://pacs.example.org", "begins with https://"),
        ("https://", "begins with https://"),
        ("https://[::1", "no address"),
        ("https://practice:secret@pacs.example.org/dicom-web", "use --user"),
        ("https://practice@pacs.example.org/dicom-web", "use --user"),
        ("https://pacs.example.org/dicom-web?limit=1", "ends with its path"),
        ("https://pacs.example.org/dicom-web#studies", "ends with its path"),
    ],
)
def test_an_address_that_is_none(address: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        base(address)
    done = CliRunner().invoke(main, ["imaging", "push", LINK, "--to", address])
    assert done.exit_code == 2
    assert said in done.output
    assert "secret" not in done.output


@pytest.mark.parametrize(
    "address", ["https://pacs.example.org/dicom-web/", "http://10.1.2.3:8042/a/b"]
)
def test_paths_go_behind_the_address(address: str) -> None:
    assert str(base(address).joinpath("studies")) == f"{address.rstrip('/')}/studies"


@pytest.mark.parametrize(
    "words",
    [("push", LINK, "--to"), ("pull", "1.2.3", PERMIT, "--from")],
    ids=["push", "pull"],
)
def test_a_link_that_is_none(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, ["imaging", *words, "http://localhost:1"])
    assert (done.exit_code, done.output) == (
        1,
        "Error: This link is incomplete. Copy the whole link again.\n",
    )


def test_a_password_in_clear_text_is_said_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APARTE_PACS_PASSWORD", "secret")
    words = ["imaging", "push", LINK, "--user", "practice", "--to"]
    done = CliRunner().invoke(main, [*words, "http://pacs.example.org"])
    assert "shows this password" in done.output
    assert "secret" not in done.output
    done = CliRunner().invoke(main, [*words, "https://pacs.example.org"])
    assert "shows this password" not in done.output
    done = CliRunner().invoke(main, [*words[:4], "a:b", "--to", "https://pacs.example.org"])
    assert "no colon" in done.output
