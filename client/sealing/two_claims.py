"""Two acceptances of one cell: what shows that both were taken (Dispensing)."""

from __future__ import annotations

from dataclasses import dataclass, field

from client.sealing.cell import NOBODY, CellKeys, Claimed, read_claimed
from client.sealing.encoding import b64u, b64u_decode, is_time, json_bytes, json_object
from client.sealing.errors import SealCode, SealError
from client.sealing.profile import text_member

PROOF_BYTES = 4_096
_ORIGIN = 200
_WHAT, _TWO = "two claims", 2


@dataclass(frozen=True)
class TwoClaims:
    """Both *claimed* of one cell as they came, in the order in which they were seen.

    `origin` is where, and `seen` when the second one came, as whoever kept this says. `key` is the
    cell's claim key. Nothing in it opens or names a prescription.
    """

    origin: str
    server: bytes
    cell: bytes
    key: bytes
    seen: str
    claims: tuple[Claimed, Claimed] = field(repr=False)

    def encode(self) -> bytes:
        """The file that is kept. Raises as `read_two_claims` does."""
        payload = json_bytes(
            {
                "v": 1,
                "what": _WHAT,
                "origin": self.origin,
                "server": b64u(self.server),
                "cell": b64u(self.cell),
                "key": b64u(self.key),
                "seen": self.seen,
                "claims": [b64u(one.raw) for one in self.claims],
            }
        )
        read_two_claims(payload)
        return payload


def differ(one: Claimed, other: Claimed) -> bool:
    """Whether two *claimed* of one cell are of two claims; an honest server shows one for good."""
    return (one.claimant, one.receipt) != (other.claimant, other.receipt)


def read_two_claims(raw: bytes) -> TwoClaims:
    """Check both signatures of both, and that they are of two claims.

    Raises `bad_suite`, `bad_form`, `bad_key`, `bad_signature`, `too_long`.
    """
    if len(raw) > PROOF_BYTES:
        raise SealError(SealCode.TOO_LONG)
    value = json_object(raw)
    if value.get("v") != 1 or isinstance(value.get("v"), bool):
        raise SealError(SealCode.BAD_SUITE)
    if value.get("what") != _WHAT:
        raise SealError(SealCode.BAD_FORM, "a proof of something else")
    seen, claims = text_member(value, "seen", 40), value.get("claims")
    if not is_time(seen) or not isinstance(claims, list) or len(claims) != _TWO:
        raise SealError(SealCode.BAD_FORM, "a moment and two claims are wanted")
    server = b64u_decode(text_member(value, "server", 64), 32)
    cell = b64u_decode(text_member(value, "cell", 64), 16)
    key = b64u_decode(text_member(value, "key", 64), 32)
    keys = CellKeys(cell, NOBODY, NOBODY, key)
    if not all(isinstance(one, str) for one in claims):
        raise SealError(SealCode.BAD_FORM, "a claim that is no text")
    first, second = (read_claimed(b64u_decode(one, 200), keys, server) for one in claims)
    if not differ(first, second):
        raise SealError(SealCode.BAD_FORM, "twice the same claim")
    origin = text_member(value, "origin", _ORIGIN)
    return TwoClaims(origin, server, cell, key, seen, (first, second))
