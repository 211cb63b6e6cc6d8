"""Cells, their links, and answers that are not JSON."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = "application/json"
    op.add_column("answers", sa.Column("media", sa.String(40), nullable=False, server_default=json))
    op.create_table(
        "cells",
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("owner", sa.LargeBinary(32), nullable=False),
        sa.Column("read", sa.LargeBinary(32), nullable=False),
        sa.Column("claim", sa.LargeBinary(32), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("newest", sa.LargeBinary(32), nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("accepted", sa.LargeBinary(72), nullable=False),
        sa.Column("claimed", sa.LargeBinary(200), nullable=True),
        sa.Column("voucher", sa.LargeBinary(32), nullable=False),
        sa.Column("expires", sa.Integer, nullable=False, index=True),
    )
    op.create_table(
        "links",
        sa.Column(
            "cell",
            sa.LargeBinary(16),
            sa.ForeignKey("cells.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("link", sa.LargeBinary(250), nullable=False),
    )
