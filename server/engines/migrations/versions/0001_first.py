"""Practitioners, answers to repeat, blobs, rooms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "practitioners",
        sa.Column("identity", sa.LargeBinary(32), primary_key=True),
    )
    op.create_table(
        "devices",
        sa.Column("device", sa.LargeBinary(32), primary_key=True),
        sa.Column(
            "identity",
            sa.LargeBinary(32),
            sa.ForeignKey("practitioners.identity"),
            nullable=False,
            index=True,
        ),
    )
    op.create_table(
        "used_codes",
        sa.Column("hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("forget", sa.Integer, nullable=False, index=True),
    )
    op.create_table(
        "answers",
        sa.Column("signer", sa.LargeBinary(32), primary_key=True),
        sa.Column("token", sa.LargeBinary(16), primary_key=True),
        sa.Column("request_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("expires", sa.Integer, nullable=False, index=True),
    )
    op.create_table(
        "blobs",
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("file", sa.String(32), nullable=False, unique=True),
        sa.Column("owner", sa.LargeBinary(32), nullable=False),
        sa.Column("read", sa.LargeBinary(32), nullable=False),
        sa.Column("account", sa.LargeBinary(33), nullable=False, index=True),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("expires", sa.Integer, nullable=False, index=True),
    )
    op.create_table(
        "rooms",
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("host_key", sa.LargeBinary(32), nullable=False),
        sa.Column("identity", sa.LargeBinary(32), nullable=False, index=True),
        sa.Column("prekey", sa.LargeBinary, nullable=False),
        sa.Column("locked", sa.Boolean, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
        sa.Column("expires", sa.Integer, nullable=False, index=True),
    )
    op.create_table(
        "seats",
        sa.Column(
            "room",
            sa.LargeBinary(16),
            sa.ForeignKey("rooms.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("join_key", sa.LargeBinary(32), nullable=False),
        sa.Column("guest_key", sa.LargeBinary(32), nullable=True),
        sa.Column("admitted", sa.Boolean, nullable=False),
    )
