"""A bench keeps the name of the calendar that its approval names."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("benches", sa.Column("calendar", sa.Text(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("benches", "calendar")
