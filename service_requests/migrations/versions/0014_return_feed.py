"""The feed of published events about returns; it begins with the events that are published after this step."""

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "return_feed",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("kept_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_return_feed")),
        sa.UniqueConstraint("event_id", name=op.f("uq_return_feed_event_id")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("return_feed")
