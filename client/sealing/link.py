"""The link that opens a consult: everything secret stands after the `#`."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from client.sealing.encoding import b64u, b64u_decode, fields, sha256
from client.sealing.errors import SealCode, SealError
from client.sealing.kdf import hkdf, same
from client.sealing.keys import SigningKey

ID_BYTES = 16
SECRET_BYTES = 32
HASH_BYTES = 16


def link_hash(identity: bytes, prekey: bytes) -> bytes:
    return sha256(fields("aparte/1 link", identity, prekey))[:HASH_BYTES]


@dataclass(frozen=True)
class Link:
    """What a fragment says. `secret` is S of the specification."""

    room: bytes
    secret: bytes = field(repr=False)
    hash: bytes

    def fragment(self) -> str:
        return f"1.{b64u(self.room)}.{b64u(self.secret)}.{b64u(self.hash)}"

    def url(self, origin: str, language: str | None = None) -> str:
        query = f"?lang={language}" if language else ""
        return f"{origin}/c/{query}#{self.fragment()}"

    def join_key(self) -> SigningKey:
        """The key that proves possession of the link to the server, without telling S."""
        return SigningKey(hkdf(self.secret, self.room, "aparte/1 join key"))

    def require_host(self, identity: bytes, prekey: bytes) -> None:
        """Refuse with `wrong_host` keys that are not those of who made the link."""
        if not same(link_hash(identity, prekey), self.hash):
            raise SealError(SealCode.WRONG_HOST)


def parse_fragment(fragment: str) -> Link:
    """Read what follows the `#`. Raises `bad_link`."""
    parts = fragment.split(".")
    if len(parts) != 4 or parts[0] != "1":
        raise SealError(SealCode.BAD_LINK)
    try:
        room = b64u_decode(parts[1], ID_BYTES)
        secret = b64u_decode(parts[2], SECRET_BYTES)
        digest = b64u_decode(parts[3], HASH_BYTES)
    except SealError:
        raise SealError(SealCode.BAD_LINK) from None
    return Link(room, secret, digest)


def parse_url(url: str) -> tuple[str, Link]:
    """Give the origin and the link of a patient's URL. Raises `bad_link`."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        raise SealError(SealCode.BAD_LINK) from None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise SealError(SealCode.BAD_LINK, "not a web address")
    return f"{parts.scheme}://{parts.netloc}", parse_fragment(parts.fragment)
