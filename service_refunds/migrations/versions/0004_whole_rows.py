"""A refund is written at every step: its row stays in one piece."""

from shared.database import row_storage

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    row_storage.keep_whole("refunds")


def downgrade() -> None:
    """Back."""
    row_storage.divide("refunds")
