"""An inspection keeps its posts; posts name their sender and what they correct; answers can be taken back."""

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXTS = ("sender", "corrects", "corrected_by")


def upgrade() -> None:
    """Forward."""
    op.add_column("benches", sa.Column("counts", shared.database.types.JsonDocument(), nullable=True))
    for name in TEXTS:
        op.add_column("scans", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("discrepancies", sa.Column("former", shared.database.types.JsonDocument(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("discrepancies", "former")
    for name in reversed(TEXTS):
        op.drop_column("scans", name)
    op.drop_column("benches", "counts")
