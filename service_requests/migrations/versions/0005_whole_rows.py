"""A return is written at every step: its row stays in one piece."""

from shared.database import row_storage

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    row_storage.keep_whole("returns")


def downgrade() -> None:
    """Back."""
    row_storage.divide("returns")
