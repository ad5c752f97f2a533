"""Known facts, guards, refunds, books, the finance feed, the simulator's books."""

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DUE = sa.text("due_at IS NOT NULL")
UNIT = sa.text("kind = 'unit'")
STATES = "state IN ('reserved', 'submitting', 'pending', 'unknown', 'settled', 'failed', 'manual_review')"


def upgrade() -> None:
    """Forward."""
    _create_balances()
    _create_finance_feed()
    _create_idempotency_answers()
    _create_inbox()
    _create_known_orders()
    _create_known_returns()
    _create_ledger_entries()
    _create_outbox()
    _create_parked_events()
    _create_refunds()
    _create_simulated_transfers()
    _create_simulator_behaviour()


def _create_balances() -> None:
    op.create_table(
        "balances",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("cap_minor", sa.BigInteger(), nullable=False),
        sa.Column("reserved_minor", sa.BigInteger(), nullable=False),
        sa.Column("settled_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('unit', 'line', 'component', 'tender', 'order')", name=op.f("ck_balances_kind_known")
        ),
        sa.CheckConstraint("reserved_minor + settled_minor <= cap_minor", name=op.f("ck_balances_within_cap")),
        sa.CheckConstraint("reserved_minor >= 0", name=op.f("ck_balances_reserved_not_negative")),
        sa.CheckConstraint("settled_minor >= 0", name=op.f("ck_balances_settled_not_negative")),
        sa.PrimaryKeyConstraint("order_id", "kind", "key", name=op.f("pk_balances")),
    )
    op.create_index(
        "uq_balances_unit",
        "balances",
        ["key"],
        unique=True,
        postgresql_where=UNIT,
        sqlite_where=UNIT,
    )


def _create_finance_feed() -> None:
    op.create_table(
        "finance_feed",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_finance_feed")),
        sa.UniqueConstraint("event_id", name=op.f("uq_finance_feed_event_id")),
    )


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


def _create_known_orders() -> None:
    op.create_table(
        "known_orders",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("refunds", sa.Integer(), nullable=False),
        sa.Column("snapshot", shared.database.types.JsonDocument(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_orders")),
    )


def _create_known_returns() -> None:
    op.create_table(
        "known_returns",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("facts", shared.database.types.JsonDocument(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_returns")),
    )


def _create_ledger_entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("posting_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("refund_id", sa.Text(), nullable=False),
        sa.Column("payout_id", sa.Text(), nullable=True),
        sa.Column("at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("posting_id", "line", name=op.f("pk_ledger_entries")),
    )
    op.create_index("ix_ledger_entries_order", "ledger_entries", ["order_id", "at"], unique=False)


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


def _create_refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("terms", shared.database.types.JsonDocument(), nullable=False),
        sa.Column("payouts", shared.database.types.JsonDocument(), nullable=False),
        sa.Column("opened_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("pay_by", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", shared.database.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("key_until", shared.database.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("due_at", shared.database.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("settled_at", shared.database.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.CheckConstraint(
            STATES,
            name=op.f("ck_refunds_state_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
    )
    op.create_index("ix_refunds_customer", "refunds", ["customer_id", "id"], unique=False)
    op.create_index(
        "ix_refunds_due",
        "refunds",
        ["due_at"],
        unique=False,
        postgresql_where=DUE,
        sqlite_where=DUE,
    )
    op.create_index("ix_refunds_order", "refunds", ["order_id", "id"], unique=False)
    op.create_index("ix_refunds_return", "refunds", ["return_id", "id"], unique=False)


def _create_simulated_transfers() -> None:
    op.create_table(
        "simulated_transfers",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_simulated_transfers")),
    )


def _create_simulator_behaviour() -> None:
    op.create_table(
        "simulator_behaviour",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint("times >= 0", name=op.f("ck_simulator_behaviour_times_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulator_behaviour")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("simulator_behaviour")
    op.drop_table("simulated_transfers")
    op.drop_index("ix_refunds_return", table_name="refunds")
    op.drop_index("ix_refunds_order", table_name="refunds")
    op.drop_index(
        "ix_refunds_due",
        table_name="refunds",
        postgresql_where=DUE,
        sqlite_where=DUE,
    )
    op.drop_index("ix_refunds_customer", table_name="refunds")
    op.drop_table("refunds")
    op.drop_index("ix_parked_events_due", table_name="parked_events")
    op.drop_table("parked_events")
    op.drop_table("outbox")
    op.drop_index("ix_ledger_entries_order", table_name="ledger_entries")
    op.drop_table("ledger_entries")
    op.drop_table("known_returns")
    op.drop_table("known_orders")
    op.drop_table("inbox")
    op.drop_index("ix_idempotency_answers_answered", table_name="idempotency_answers")
    op.drop_table("idempotency_answers")
    op.drop_table("finance_feed")
    op.drop_index(
        "uq_balances_unit",
        table_name="balances",
        postgresql_where=UNIT,
        sqlite_where=UNIT,
    )
    op.drop_table("balances")
