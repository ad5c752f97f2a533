"""A system key may be bound to one storefront."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("keys", sa.Column("storefront", sa.Text(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("keys", "storefront")
