"""A native peer: joins a consult from a terminal with a test picture, over aiortc."""
