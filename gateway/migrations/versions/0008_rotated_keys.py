"""A key may expire after its rotation, and shows when it was last used and how its secret begins."""

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("keys", sa.Column("hint", sa.Text(), nullable=True))
    op.add_column("keys", sa.Column("expires_at", shared.database.types.UtcDateTime(timezone=True), nullable=True))
    op.add_column("keys", sa.Column("last_used_at", shared.database.types.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("keys") as batch:
        batch.drop_column("last_used_at")
        batch.drop_column("expires_at")
        batch.drop_column("hint")
