"""Practitioners, blobs, remembered answers, and the server's own secrets."""

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
        sa.Column("identity", sa.ForeignKey("practitioners.identity"), nullable=False),
    )
    op.create_index("ix_devices_identity", "devices", ["identity"])
    op.create_table(
        "enrolment_codes",
        sa.Column("hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("expires", sa.Integer, nullable=False),
    )
    op.create_table(
        "blobs",
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("owner", sa.LargeBinary(32), nullable=False),
        sa.Column("read_key", sa.LargeBinary(32), nullable=False),
        sa.Column("account", sa.LargeBinary(32), nullable=False),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.Integer, nullable=False),
    )
    op.create_index("ix_blobs_account", "blobs", ["account"])
    op.create_index("ix_blobs_expires", "blobs", ["expires"])
    op.create_table(
        "answers",
        sa.Column("signer", sa.LargeBinary(32), nullable=False),
        sa.Column("token", sa.LargeBinary(16), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("expires", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("signer", "token"),
    )
    op.create_index("ix_answers_expires", "answers", ["expires"])
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.LargeBinary(32), nullable=False),
    )
