"""Practitioners: identity keys with device keys, enrolled by one-time codes."""
