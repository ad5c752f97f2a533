"""The record of acts on parked events is written once: nobody changes or removes a row."""

from typing import Final

from shared.database import append_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES: Final = ("dead_letter_acts",)


def upgrade() -> None:
    """Forward."""
    append_only.guard(*TABLES)


def downgrade() -> None:
    """Back."""
    append_only.release(*TABLES)
