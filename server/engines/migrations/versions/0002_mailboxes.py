"""Vouchers, mailboxes, messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vouchers",
        sa.Column("hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("identity", sa.LargeBinary(32), nullable=False, index=True),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.Integer, nullable=False, index=True),
        sa.Column("spent", sa.Boolean, nullable=False),
    )
    op.create_table(
        "mailboxes",
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("owner", sa.LargeBinary(32), nullable=False),
        sa.Column("append", sa.LargeBinary, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("most", sa.BigInteger, nullable=False),
        sa.Column("voucher", sa.LargeBinary(32), nullable=False),
        sa.Column("expires", sa.Integer, nullable=False, index=True),
    )
    op.create_table(
        "messages",
        sa.Column(
            "mailbox",
            sa.LargeBinary(16),
            sa.ForeignKey("mailboxes.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("expires", sa.Integer, nullable=False, index=True),
        sa.Index("messages_held", "mailbox", "length"),
    )
