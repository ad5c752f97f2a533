"""A person closes the remainder of a refund: what no payment of the order could give back (Z09)."""

import sqlalchemy as sa
from alembic import op

from shared.database.types import JsonDocument

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("refunds", sa.Column("remainder_closed", JsonDocument))


def downgrade() -> None:
    """Back."""
    op.drop_column("refunds", "remainder_closed")
