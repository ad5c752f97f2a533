"""Receipts without a number are handled, parcels find their return, rights of law bind decisions, goods are kept."""

from typing import Final

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MATCHABLE: Final = "match_key IS NOT NULL"
INDEXES: Final = (
    ("ix_scans_in_case", "scans", "id", "state = 'in_case'"),
    ("ix_scans_match_key", "scans", "match_key", MATCHABLE),
    ("ix_scans_tracking_key", "scans", "tracking_key", "tracking_key IS NOT NULL"),
    ("ix_scans_answer_by", "scans", "answer_by", "answer_by IS NOT NULL"),
    ("ix_discrepancies_open", "discrepancies", "id", "state IN ('open', 'kept')"),
)
SCANS: Final = ("version", "tracking_key", "match_key", "answer_by", "own_case", "history")
DISCREPANCIES: Final = ("answer_by", "reason", "tracking_number", "matched_return", "matched_receipt")


def upgrade() -> None:
    """Forward."""
    moment = shared.database.types.UtcDateTime(timezone=True)
    op.add_column("scans", sa.Column("version", sa.BigInteger(), nullable=False, server_default=sa.text("1")))
    op.add_column("scans", sa.Column("tracking_key", sa.Text(), nullable=True))
    op.add_column("scans", sa.Column("match_key", sa.Text(), nullable=True))
    op.add_column("scans", sa.Column("answer_by", moment, nullable=True))
    op.add_column("scans", sa.Column("own_case", shared.database.types.JsonDocument(), nullable=True))
    op.add_column("scans", sa.Column("history", shared.database.types.JsonDocument(), nullable=True))
    op.add_column("benches", sa.Column("rights", shared.database.types.JsonDocument(), nullable=True))
    op.add_column("discrepancies", sa.Column("answer_by", moment, nullable=True))
    for name in DISCREPANCIES[1:]:
        op.add_column("discrepancies", sa.Column(name, sa.Text(), nullable=True))
    op.create_table(
        "announced_parcels",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("tracking_number", sa.Text(), nullable=False),
        sa.Column("tracking_key", sa.Text(), nullable=False),
        sa.Column("announced_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announced_parcels")),
    )
    op.create_index("ix_announced_parcels_return_id", "announced_parcels", ["return_id"])
    op.create_index("ix_announced_parcels_tracking_key", "announced_parcels", ["tracking_key"])
    for name, table, column, where in INDEXES:
        op.create_index(name, table, [column], postgresql_where=sa.text(where), sqlite_where=sa.text(where))
    # goods that are kept for a match have no end yet
    op.execute("UPDATE discrepancies SET state = 'kept' WHERE state = 'resolved' AND outcome = 'kept_for_match'")


def downgrade() -> None:
    """Back."""
    op.execute("UPDATE discrepancies SET state = 'resolved' WHERE state = 'kept'")
    for name, table, _, where in reversed(INDEXES):
        op.drop_index(name, table_name=table, postgresql_where=sa.text(where), sqlite_where=sa.text(where))
    op.drop_table("announced_parcels")
    for name in reversed(DISCREPANCIES):
        op.drop_column("discrepancies", name)
    op.drop_column("benches", "rights")
    for name in reversed(SCANS):
        op.drop_column("scans", name)
