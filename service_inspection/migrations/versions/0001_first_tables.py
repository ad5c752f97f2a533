"""first tables."""

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    _create_benches()
    _create_discrepancies()
    _create_idempotency_answers()
    _create_inbox()
    _create_outbox()
    _create_parked_events()
    _create_scans()


def _create_benches() -> None:
    op.create_table(
        "benches",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("rma", sa.Text(), nullable=False),
        sa.Column("rma_key", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("warehouse", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("units", shared.database.types.JsonDocument(), nullable=False),
        sa.Column("tallies", shared.database.types.JsonDocument(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("inspect_by", shared.database.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("overdue_at", shared.database.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("expected >= 0 AND waiting >= 0 AND held >= 0", name=op.f("ck_benches_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benches")),
    )
    op.create_index(
        "ix_benches_held",
        "benches",
        ["id"],
        unique=False,
        postgresql_where=sa.text("held > 0"),
        sqlite_where=sa.text("held > 0"),
    )
    op.create_index(
        "ix_benches_inspect_by",
        "benches",
        ["inspect_by"],
        unique=False,
        postgresql_where=sa.text("inspect_by IS NOT NULL"),
        sqlite_where=sa.text("inspect_by IS NOT NULL"),
    )
    op.create_index(
        "ix_benches_waiting",
        "benches",
        ["id"],
        unique=False,
        postgresql_where=sa.text("waiting > 0"),
        sqlite_where=sa.text("waiting > 0"),
    )
    op.create_index("uq_benches_rma_key", "benches", ["rma_key"], unique=True)


def _create_discrepancies() -> None:
    op.create_table(
        "discrepancies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("scan_id", sa.Text(), nullable=False),
        sa.Column("warehouse", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("opened_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("resolved_at", shared.database.types.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_discrepancies_quantity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancies")),
    )
    op.create_index("ix_discrepancies_return_id", "discrepancies", ["return_id"], unique=False)


def _create_idempotency_answers() -> None:
    op.create_table(
        "idempotency_answers",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("answered_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_idempotency_answers")),
    )
    op.create_index("ix_idempotency_answers_answered", "idempotency_answers", ["answered_at"], unique=False)


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "subject", name=op.f("pk_inbox")),
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )


def _create_parked_events() -> None:
    op.create_table(
        "parked_events",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("parked_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "id", name=op.f("pk_parked_events")),
    )
    op.create_index("ix_parked_events_due", "parked_events", ["state", "due_at"], unique=False)


def _create_scans() -> None:
    op.create_table(
        "scans",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("posted_by", sa.Text(), nullable=False),
        sa.Column("client_event_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("rma", sa.Text(), nullable=False),
        sa.Column("rma_key", sa.Text(), nullable=True),
        sa.Column("warehouse", sa.Text(), nullable=True),
        sa.Column("tracking_number", sa.Text(), nullable=True),
        sa.Column("items", shared.database.types.JsonDocument(), nullable=False),
        sa.Column("looks", shared.database.types.JsonDocument(), nullable=False),
        sa.Column("scanned_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("posted_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=True),
        sa.Column("units", shared.database.types.JsonDocument(), nullable=False),
        sa.Column("discrepancies", shared.database.types.JsonDocument(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scans")),
    )
    op.create_index("ix_scans_return_id", "scans", ["return_id"], unique=False)
    op.create_index("ix_scans_rma_key", "scans", ["rma_key"], unique=False)
    op.create_index(
        "ix_scans_unidentified",
        "scans",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'unidentified'"),
        sqlite_where=sa.text("state = 'unidentified'"),
    )
    op.create_index("uq_scans_client_key", "scans", ["client_key"], unique=True)


def downgrade() -> None:
    """Back."""
    op.drop_index("uq_scans_client_key", table_name="scans")
    op.drop_index(
        "ix_scans_unidentified",
        table_name="scans",
        postgresql_where=sa.text("state = 'unidentified'"),
        sqlite_where=sa.text("state = 'unidentified'"),
    )
    op.drop_index("ix_scans_rma_key", table_name="scans")
    op.drop_index("ix_scans_return_id", table_name="scans")
    op.drop_table("scans")
    op.drop_index("ix_parked_events_due", table_name="parked_events")
    op.drop_table("parked_events")
    op.drop_table("outbox")
    op.drop_table("inbox")
    op.drop_index("ix_idempotency_answers_answered", table_name="idempotency_answers")
    op.drop_table("idempotency_answers")
    op.drop_index("ix_discrepancies_return_id", table_name="discrepancies")
    op.drop_table("discrepancies")
    op.drop_index("uq_benches_rma_key", table_name="benches")
    op.drop_index(
        "ix_benches_waiting",
        table_name="benches",
        postgresql_where=sa.text("waiting > 0"),
        sqlite_where=sa.text("waiting > 0"),
    )
    op.drop_index(
        "ix_benches_inspect_by",
        table_name="benches",
        postgresql_where=sa.text("inspect_by IS NOT NULL"),
        sqlite_where=sa.text("inspect_by IS NOT NULL"),
    )
    op.drop_index(
        "ix_benches_held", table_name="benches", postgresql_where=sa.text("held > 0"), sqlite_where=sa.text("held > 0")
    )
    op.drop_table("benches")
