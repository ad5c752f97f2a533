"""Words for staff in the timeline; the job of deadlines looks at returns whose steps had none so far (R08, Z24)."""

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NO_CLOCK = ("shipped", "awaiting_person", "inspected", "refunded")
"""The statuses whose steps had no deadline. The job counts it from the last change of the return, and keeps it."""


def upgrade() -> None:
    """Forward."""
    op.add_column("return_steps", sa.Column("staff", shared.database.types.JsonDocument(), nullable=True))
    returns = sa.table("returns", sa.column("status"), sa.column("due_at"), sa.column("updated_at"))
    waiting = returns.c.due_at.is_(None) & returns.c.status.in_(NO_CLOCK)
    op.execute(returns.update().where(waiting).values(due_at=returns.c.updated_at))


def downgrade() -> None:
    """Back."""
    op.drop_column("return_steps", "staff")
