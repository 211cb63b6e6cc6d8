"""Padmé: how long a blob is made, so that its size says little of what is in it (Parts)."""

from __future__ import annotations


def padme(length: int) -> int:
    """The length, in bytes, that `length` bytes are filled to.

    At most 12% more, and of so few values that a size shows no more than some bits of its own
    magnitude (PURBs, Nikitin et al., section 4).
    """
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    kept = max(exponent, 1).bit_length()
    unit = 1 << max(exponent - kept, 0)
    return -(-length // unit) * unit
