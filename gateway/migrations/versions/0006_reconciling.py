"""The tables of sent events and queues, which every database has; comparisons and findings of the reconciler."""

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
    op.create_table(
        "comparisons",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("agreed_until", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_comparisons")),
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", shared.database.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index("ix_findings_state", "findings", ["state", "found_at"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_findings_state", table_name="findings")
    op.drop_table("findings")
    op.drop_table("comparisons")
    op.drop_table("followed_queues")
    op.drop_index("ix_sent_events_sent", table_name="sent_events", postgresql_using="brin")
    op.drop_table("sent_events")
