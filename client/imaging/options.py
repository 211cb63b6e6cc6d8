"""The options that say where a PACS is, and who asks there."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import aiohttp
import click
from yarl import URL

from client.imaging.pacs import Pacs, base

_PASSWORD = "APARTE_PACS_PASSWORD"  # noqa: S105 - the name of a variable
_HERE = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Place:
    """A PACS as the options name it. `auth`: the Authorization header, if there is one."""

    url: URL
    auth: str | None = field(repr=False)

    @property
    def host(self) -> str:
        return self.url.host or ""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Pacs]:
        async with aiohttp.ClientSession() as http:
            yield Pacs(self.url, self.auth, http)


def _address(_context: click.Context, _option: click.Parameter, value: str) -> URL:
    try:
        return base(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


def place_option(option: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`option` for its address, and what goes with it, given to a command as `place`."""

    def with_pacs(command: Callable[..., None]) -> Callable[..., None]:
        @click.option(
            option,
            "url",
            required=True,
            callback=_address,
            metavar="URL",
            help="Where its DICOMweb is, as in https://pacs.example.org/dicom-web",
        )
        @click.option(
            "--user",
            help=f"Who asks there. The password is asked for, or read from {_PASSWORD}.",
        )
        @wraps(command)
        def with_options(*given: Any, url: URL, user: str | None, **named: Any) -> None:
            if user is not None and url.scheme == "http" and url.host not in _HERE:
                click.echo("http:// shows this password to everybody on the way.", err=True)
            command(*given, place=Place(url, _auth(user)), **named)

        return with_options

    return with_pacs


def _auth(user: str | None) -> str | None:
    if user is None:
        return None
    given = os.environ.get(_PASSWORD)
    if given is None:
        given = click.prompt(f"Password of {user} at the PACS", hide_input=True, err=True)
    try:
        return aiohttp.encode_basic_auth(user, given)
    except ValueError:
        raise click.ClickException("A user's name has no colon.") from None
