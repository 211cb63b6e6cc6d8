"""The WebSocket: one connection carries rooms and watches, each on a channel of its own."""
