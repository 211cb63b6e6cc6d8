"""How long the messages of a mailbox rest, where it has asked for another time than all have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "keep"
down_revision = "tombs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mailboxes", sa.Column("keep", sa.BigInteger, nullable=True))
