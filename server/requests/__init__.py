"""What every route goes through: signatures, idempotency, limits, headers."""
