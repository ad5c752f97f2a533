"""When the password of an account was changed: sessions from before are over."""

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column(
        "accounts", sa.Column("password_changed_at", shared.database.types.UtcDateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("accounts") as batch:
        batch.drop_column("password_changed_at")
