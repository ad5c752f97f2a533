"""Refunds that failed are tried again, paid in another way or closed (I07, Z22); lists and books by date and order."""

from collections.abc import Iterable, Mapping
from typing import Final

import sqlalchemy as sa
from alembic import op

from shared.database.types import JsonDocument, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BEFORE: Final = ("reserved", "submitting", "pending", "unknown", "settled", "failed", "manual_review", "stopped")
UNENDED: Final = "state NOT IN ('settled', 'stopped', 'closed')"
LOOK: Final = "look_at IS NOT NULL"
COLUMNS: Final = ("look_at", "recovery", "waits_since", "updated_at", "order_number", "storefront")

PUT: Final = "UPDATE refunds SET {} = (SELECT {} FROM known_orders WHERE known_orders.id = refunds.order_id)"
VALUES: Final[Mapping[str, str]] = {"postgresql": "snapshot ->> '{}'", "sqlite": "json_extract(snapshot, '$.{}')"}
"""How a field of the order's document is read, by engine."""


def upgrade() -> None:
    """Forward. The provider is asked at once about refunds that have failed or are in review."""
    op.add_column("refunds", sa.Column("look_at", UtcDateTime(), nullable=True))
    op.add_column("refunds", sa.Column("recovery", JsonDocument(), nullable=True))
    op.add_column("refunds", sa.Column("waits_since", UtcDateTime(), nullable=True))
    op.add_column("refunds", sa.Column("updated_at", UtcDateTime(), nullable=True))
    op.add_column("refunds", sa.Column("order_number", sa.Text(), nullable=True))
    op.add_column("refunds", sa.Column("storefront", sa.Text(), nullable=True))
    _allow((*BEFORE, "waiting", "awaiting_confirmation", "closed"))
    op.execute("UPDATE refunds SET look_at = opened_at WHERE state IN ('failed', 'manual_review')")
    op.execute(
        "UPDATE refunds SET waits_since = COALESCE(submitted_at, opened_at) WHERE state IN ('failed', 'manual_review')"
    )
    op.execute("UPDATE refunds SET updated_at = COALESCE(settled_at, submitted_at, opened_at)")
    value = VALUES[op.get_bind().dialect.name]
    op.execute(PUT.format("order_number", value.format("number")))
    op.execute(PUT.format("storefront", value.format("storefront")))
    op.create_index(
        "ix_refunds_look", "refunds", ["look_at"], postgresql_where=sa.text(LOOK), sqlite_where=sa.text(LOOK)
    )
    op.create_index(
        "ix_refunds_open", "refunds", ["state", "id"], postgresql_where=sa.text(UNENDED), sqlite_where=sa.text(UNENDED)
    )
    op.create_index("ix_refunds_number", "refunds", ["order_number", "id"])
    op.create_index("ix_refunds_updated", "refunds", ["updated_at", "id"])
    op.create_index("ix_ledger_entries_at", "ledger_entries", ["at", "posting_id", "line"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_ledger_entries_at", "ledger_entries")
    for name in ("ix_refunds_updated", "ix_refunds_number", "ix_refunds_open", "ix_refunds_look"):
        op.drop_index(name, "refunds")
    _allow(BEFORE)
    for column in reversed(COLUMNS):
        op.drop_column("refunds", column)


def _allow(states: Iterable[str]) -> None:
    words = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("refunds") as table:
        table.drop_constraint(op.f("ck_refunds_state_known"), type_="check")
        table.create_check_constraint(op.f("ck_refunds_state_known"), f"state IN ({words})")
