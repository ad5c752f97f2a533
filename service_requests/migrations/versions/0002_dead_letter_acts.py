"""Records of who acted on a parked event, and why; rows are only added."""

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "dead_letter_acts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("parked_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter_acts")),
    )
    op.create_index("ix_dead_letter_acts_event", "dead_letter_acts", ["event_id"], unique=False)
    op.create_index("ix_dead_letter_acts_subject", "dead_letter_acts", ["subject"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_dead_letter_acts_subject", table_name="dead_letter_acts")
    op.drop_index("ix_dead_letter_acts_event", table_name="dead_letter_acts")
    op.drop_table("dead_letter_acts")
