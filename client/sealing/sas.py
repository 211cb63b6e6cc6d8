"""The short authentication string that two people may compare."""

from __future__ import annotations

from client.sealing.kdf import hkdf


def authentication_string(r_guest: bytes, r_host: bytes, transcript: bytes) -> str:
    """Twelve digits in three groups; `transcript` is A, both r are 32 bytes."""
    drawn = hkdf(r_guest + r_host, transcript, "aparte/1 authentication string", 8)
    digits = f"{int.from_bytes(drawn, 'big') % 10**12:012d}"
    return f"{digits[:4]} {digits[4:8]} {digits[8:]}"
