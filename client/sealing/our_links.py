"""Links of ours that are a page and a secret: `https://HOST/PAGE/#1.SECRET`."""

from __future__ import annotations

from urllib.parse import urlsplit

from client.sealing.encoding import b64u_decode
from client.sealing.errors import SealCode, SealError


def read_fragment(fragment: str, length: int) -> bytes:
    """The secret, of so many bytes, that follows the `#`. Raises `bad_link`."""
    version, _, secret = fragment.partition(".")
    if version != "1":
        raise SealError(SealCode.BAD_LINK)
    try:
        return b64u_decode(secret, length)
    except SealError:
        raise SealError(SealCode.BAD_LINK) from None


def split_url(url: str, page: str) -> tuple[str, str]:
    """Give the origin and the fragment of a link to `page`. Raises `bad_link`."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        raise SealError(SealCode.BAD_LINK) from None
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path != page:
        raise SealError(SealCode.BAD_LINK, f"not a link to {page}")
    return f"{parts.scheme}://{parts.netloc}", parts.fragment
