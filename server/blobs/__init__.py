"""The blob primitive: immutable sealed bytes with an owner key and a read key."""
