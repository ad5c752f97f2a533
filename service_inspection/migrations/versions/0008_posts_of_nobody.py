"""Posts whose return nobody knows have an index of their own: a job looks for them every two seconds."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OF_NOBODY = sa.text("state IN ('unidentified', 'in_case')")


def upgrade() -> None:
    """Forward."""
    op.create_index(
        "ix_scans_of_nobody", "scans", ["id"], unique=False, postgresql_where=OF_NOBODY, sqlite_where=OF_NOBODY
    )


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_scans_of_nobody", table_name="scans", postgresql_where=OF_NOBODY, sqlite_where=OF_NOBODY)
