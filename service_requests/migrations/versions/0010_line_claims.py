"""The claimed pieces of a wholesale line are one sum (Z13)."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "line_claims",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False),
        sa.CheckConstraint("claimed <= most", name=op.f("ck_line_claims_claimed_within_line")),
        sa.CheckConstraint("claimed >= 0", name=op.f("ck_line_claims_claimed_not_negative")),
        sa.PrimaryKeyConstraint("order_id", "line_id", name=op.f("pk_line_claims")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("line_claims")
