"""Ids of cells that were claimed and erased, which nobody may make again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "tombs"
down_revision = "first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tombs",
        sa.Column("cell", sa.LargeBinary(16), primary_key=True),
        sa.Column("expires", sa.BigInteger, nullable=False, index=True),
    )
