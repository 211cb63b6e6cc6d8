"""The public API of a server: signed HTTP, and rooms over a WebSocket (docs/protocol.md)."""
