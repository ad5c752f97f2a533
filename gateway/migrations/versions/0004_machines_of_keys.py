"""A key belongs to a machine. Keys from before keep their own: their machine is the key itself."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("keys", sa.Column("machine", sa.Text(), nullable=True))
    op.create_index("ix_keys_name", "keys", ["name"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_keys_name", table_name="keys")
    op.drop_column("keys", "machine")
