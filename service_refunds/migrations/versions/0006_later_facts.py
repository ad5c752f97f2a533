"""Facts of an order that came after its import, and money that was paid back twice."""

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("known_orders", sa.Column("later", shared.database.types.JsonDocument(), nullable=True))
    op.create_table(
        "paid_twice",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("refund_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("noted_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paid_twice")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("paid_twice")
    op.drop_column("known_orders", "later")
