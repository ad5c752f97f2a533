"""What happens to an order after its push is kept beside the snapshot, which never changes."""

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "order_facts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("facts", shared.database.types.JsonDocument(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_facts")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("order_facts")
