"""A refund may be stopped before it is sent."""

from collections.abc import Iterable
from typing import Final

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEFORE: Final = ("reserved", "submitting", "pending", "unknown", "settled", "failed", "manual_review")


def upgrade() -> None:
    """Forward."""
    _allow((*BEFORE, "stopped"))


def downgrade() -> None:
    """Back."""
    _allow(BEFORE)


def _allow(states: Iterable[str]) -> None:
    words = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("refunds") as table:
        table.drop_constraint(op.f("ck_refunds_state_known"), type_="check")
        table.create_check_constraint(op.f("ck_refunds_state_known"), f"state IN ({words})")
