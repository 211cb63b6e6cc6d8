"""The blind server: gateways and storage; it is never given a key that opens anything."""
