"""A PACS over DICOMweb (PS3.18): where it is, who asks, and what goes wrong, in sentences."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from client.limits import PACS_SILENCE

_REFUSED = {401, 403}
_CONNECT = 30


class PacsTrouble(Exception):
    """What a PACS does not do; the text is a sentence for people."""


@dataclass(frozen=True)
class Pacs:
    """`url` is what STOW-RS and WADO-RS call the base of their paths."""

    url: URL
    # The Authorization header, if there is one.
    auth: str | None = field(repr=False)
    http: aiohttp.ClientSession = field(repr=False)

    @asynccontextmanager
    async def asked(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        query: Mapping[str, str] | None = None,
        data: AsyncIterator[bytes] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask, and give the answer, whatever its status but that of a refusal.

        Raises PacsTrouble, also where the connection is lost as the answer is read.
        """
        request = self.http.request(
            method,
            self.url.joinpath(*path.split("/")).with_query(query),
            headers={**headers, **({"Authorization": self.auth} if self.auth else {})},
            data=data,
            # Credentials and images are for the address that was given, and no other.
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(None, sock_connect=_CONNECT, sock_read=PACS_SILENCE),
        )
        try:
            async with request as response:
                if response.status in _REFUSED:
                    said = "refuses these credentials" if self.auth else "wants credentials: --user"
                    raise PacsTrouble(f"The PACS {said} ({response.status}).")
                yield response
        except aiohttp.ClientSSLError as error:
            raise PacsTrouble(f"Nobody vouches for the PACS at {self.url.host}.") from error
        except aiohttp.ClientConnectorError as error:
            raise PacsTrouble(f"The PACS at {self.url.host} cannot be reached.") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise PacsTrouble("The connection to the PACS was lost.") from error


def base(text: str) -> URL:
    """Read the address of a PACS. Raises ValueError with what is wrong."""
    try:
        url = URL(text)
    except ValueError:
        raise ValueError("this is no address") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError("it begins with https:// (or http:// within a house)")
    if url.user is not None or url.password is not None:
        raise ValueError("a password in an address is seen by others: use --user")
    if url.query_string or url.fragment:
        raise ValueError("it ends with its path, as in https://pacs.example.org/dicom-web")
    return url


def answered(status: int) -> PacsTrouble:
    """An answer that DICOMweb does not have here."""
    if status == 404:
        return PacsTrouble("The PACS has none of that at this address (404).")
    return PacsTrouble(f"The PACS answers with an error ({status}).")
