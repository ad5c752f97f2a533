"""The records of acts on parked events are append-only: no row is changed or removed."""

from typing import Final

from shared.database import append_only

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES: Final = ("dead_letter_acts",)


def upgrade() -> None:
    """Forward."""
    append_only.guard(*TABLES)


def downgrade() -> None:
    """Back."""
    append_only.release(*TABLES)
