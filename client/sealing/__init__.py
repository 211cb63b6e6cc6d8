"""Sealed formats: the reference implementation of docs/sealed-formats.md.

Pure: bytes, keys, time and randomness come in as arguments; bytes and typed values come out. Every
refusal is a `SealError`, and changes nothing.
"""
