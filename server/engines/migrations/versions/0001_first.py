"""Everything that the first version keeps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "first"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "practitioners",
        sa.Column("identity", sa.LargeBinary(32), primary_key=True),
        sa.Column("card", sa.LargeBinary, nullable=False),
        sa.Column("attestation", sa.LargeBinary, nullable=True),
        sa.Column("devices", sa.LargeBinary, nullable=False),
        sa.Column("listed", sa.Boolean, nullable=False, index=True),
        sa.Column("name_key", sa.String, nullable=False),
        sa.Column("profession_key", sa.String, nullable=False),
        sa.Column("place_key", sa.String, nullable=False),
        sa.Column("languages", sa.String, nullable=False),
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
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "used_codes",
        sa.Column("hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("forget", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "answers",
        sa.Column("signer", sa.LargeBinary(32), primary_key=True),
        sa.Column("token", sa.LargeBinary(16), primary_key=True),
        sa.Column("request_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("media", sa.String(40), nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False, index=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rooms",
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("identity", sa.LargeBinary(32), nullable=False, index=True),
        sa.Column("prekey", sa.LargeBinary, nullable=False),
        sa.Column("locked", sa.Boolean, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False, index=True),
        sa.Column("revision", sa.Integer, nullable=False),
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
    op.create_table(
        "blobs",
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("owner", sa.LargeBinary(32), nullable=False),
        sa.Column("read", sa.LargeBinary(32), nullable=False),
        sa.Column("account", sa.LargeBinary(33), nullable=False, index=True),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False, index=True),
        sa.Column("lasts", sa.BigInteger, nullable=False),
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
    op.create_table(
        "counters",
        sa.Column("blob", sa.LargeBinary(16), primary_key=True),
        sa.Column("owner", sa.LargeBinary(32), nullable=False),
        sa.Column("read", sa.LargeBinary(32), nullable=False),
        sa.Column("most", sa.Integer, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("forget", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "openings",
        sa.Column(
            "blob",
            sa.LargeBinary(16),
            sa.ForeignKey("counters.blob", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("opening", sa.LargeBinary(16), primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "vouchers",
        sa.Column("hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("identity", sa.LargeBinary(32), nullable=False, index=True),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False, index=True),
        sa.Column("spent", sa.Boolean, nullable=False),
    )
    op.create_table(
        "mailboxes",
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("owner", sa.LargeBinary(32), nullable=False),
        sa.Column("append", sa.LargeBinary, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("held", sa.Integer, nullable=False),
        sa.Column("weight", sa.BigInteger, nullable=False),
        sa.Column("most", sa.BigInteger, nullable=False),
        sa.Column("voucher", sa.LargeBinary(32), nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False, index=True),
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
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False, index=True),
    )
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
        sa.Column("expires", sa.BigInteger, nullable=False, index=True),
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
