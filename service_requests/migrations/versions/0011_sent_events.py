"""Sent events stay for a while, and the service knows its own queues."""

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "sent_events",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_sent_events")),
    )
    op.create_index("ix_sent_events_sent", "sent_events", ["sent_at"], unique=False, postgresql_using="brin")
    op.create_table(
        "followed_queues",
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("made_at", shared.database.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lost_at", shared.database.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("healed_at", shared.database.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("queue", name=op.f("pk_followed_queues")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("followed_queues")
    op.drop_index("ix_sent_events_sent", table_name="sent_events", postgresql_using="brin")
    op.drop_table("sent_events")
