"""The room primitive, sans-I/O: bytes and time in, effects out."""
