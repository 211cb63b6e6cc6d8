"""The cell primitive: a small value in signed versions, that may be claimed once."""
