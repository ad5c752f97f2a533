"""A message that waits behind another one of its return keeps when it is due by itself.

Old code goes on: the column may be empty. A message that waits already looks again at its `due_at`, as before.
"""

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("messages", sa.Column("resume_at", shared.database.types.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("messages", "resume_at")
