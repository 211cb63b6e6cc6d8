"""Rooms: live relay among a few connections. The rules are in `signaling/`; this is its shell."""
