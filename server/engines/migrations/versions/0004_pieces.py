"""Blobs in pieces: what was one file becomes its only piece."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table("blobs", "whole_blobs")
    op.drop_index("ix_blobs_account", "whole_blobs")
    op.drop_index("ix_blobs_expires", "whole_blobs")
    op.create_table(
        "blobs",
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("owner", sa.LargeBinary(32), nullable=False),
        sa.Column("read", sa.LargeBinary(32), nullable=False),
        sa.Column("account", sa.LargeBinary(33), nullable=False, index=True),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.Integer, nullable=False, index=True),
        sa.Column("lasts", sa.Integer, nullable=False),
    )
    op.create_table(
        "pieces",
        sa.Column(
            "blob",
            sa.LargeBinary(16),
            sa.ForeignKey("blobs.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("offset", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("file", sa.String(32), nullable=False, unique=True),
    )
    op.execute(
        'INSERT INTO blobs SELECT id, owner, "read", account, length, length, expires, expires'
        " FROM whole_blobs"
    )
    op.execute("INSERT INTO pieces SELECT id, 0, length, file FROM whole_blobs")
    op.drop_table("whole_blobs")
