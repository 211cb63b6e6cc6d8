"""What a practitioner's vouchers pay for in all, counted within an index."""

from __future__ import annotations

from alembic import op

revision = "held"
down_revision = "keep"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_vouchers_identity", "vouchers")
    op.create_index("ix_vouchers_held", "vouchers", ["identity", "bytes"])
