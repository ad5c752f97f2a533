"""The rows of returns are stored in one piece, because every step of a return writes its row."""

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
