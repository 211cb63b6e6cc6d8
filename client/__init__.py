"""The Python client: the only Python that seals and opens."""
