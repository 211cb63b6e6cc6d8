"""The limits of docs/protocol.md that are this client's own."""

from __future__ import annotations

# Photos and documents of one consult; one more is refused with a sentence.
FILES = 100
# Candidates kept of a connection whose description has not come, and such connections.
EARLY_CANDIDATES = 64
EARLY_CONNECTIONS = 8
