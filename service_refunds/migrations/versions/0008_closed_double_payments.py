"""A person closes money that may have gone back twice (Z07); refunds with an open remainder are listed (Z09)."""

import sqlalchemy as sa
from alembic import op

from shared.database.types import JsonDocument

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. Rows that are there, and rows of an older release during an update, have version 1."""
    op.add_column("paid_twice", sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"))
    op.add_column("paid_twice", sa.Column("sequence", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("paid_twice", sa.Column("closed", JsonDocument(), nullable=True))
    op.add_column("refunds", sa.Column("remainder_open", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE refunds SET remainder_open = 1"
        " WHERE (CAST(terms AS TEXT) LIKE '%\"payments_used_up\"%' OR CAST(terms AS TEXT) LIKE '%\"dispute_open\"%')"
        " AND COALESCE(CAST(remainder_closed AS TEXT), 'null') = 'null'"
    )
    op.create_index(
        "ix_refunds_remainder",
        "refunds",
        ["id"],
        postgresql_where=sa.text("remainder_open = 1"),
        sqlite_where=sa.text("remainder_open = 1"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_refunds_remainder", "refunds")
    op.drop_column("refunds", "remainder_open")
    op.drop_column("paid_twice", "closed")
    op.drop_column("paid_twice", "sequence")
    op.drop_column("paid_twice", "version")
