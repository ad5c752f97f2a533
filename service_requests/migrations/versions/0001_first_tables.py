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
    _create_idempotency_answers()
    _create_inbox()
    _create_orders()
    _create_outbox()
    _create_parked_events()
    _create_return_steps()
    _create_returns()
    _create_unit_claims()


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


def _create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("storefront", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("snapshot", shared.database.types.JsonDocument(), nullable=False),
        sa.Column("created_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index("ix_orders_customer_id", "orders", ["customer_id", "id"], unique=False)
    op.create_index("uq_orders_storefront_number", "orders", ["storefront", "number"], unique=True)


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


def _create_return_steps() -> None:
    op.create_table(
        "return_steps",
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("says", shared.database.types.JsonDocument(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("return_id", "number", name=op.f("pk_return_steps")),
    )


def _create_returns() -> None:
    op.create_table(
        "returns",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("rma", sa.Text(), nullable=True),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("state", shared.database.types.JsonDocument(), nullable=False),
        sa.Column("created_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", shared.database.types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns")),
    )
    op.create_index("ix_returns_customer_id", "returns", ["customer_id", "id"], unique=False)
    op.create_index(
        "ix_returns_due_at",
        "returns",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_returns_order_id", "returns", ["order_id", "id"], unique=False)
    op.create_index("ix_returns_status", "returns", ["status", "id"], unique=False)
    op.create_index("uq_returns_rma", "returns", ["rma"], unique=True)


def _create_unit_claims() -> None:
    op.create_table(
        "unit_claims",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("unit_no", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", "line_id", "unit_no", name=op.f("pk_unit_claims")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("unit_claims")
    op.drop_index("uq_returns_rma", table_name="returns")
    op.drop_index("ix_returns_status", table_name="returns")
    op.drop_index("ix_returns_order_id", table_name="returns")
    op.drop_index(
        "ix_returns_due_at",
        table_name="returns",
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_index("ix_returns_customer_id", table_name="returns")
    op.drop_table("returns")
    op.drop_table("return_steps")
    op.drop_index("ix_parked_events_due", table_name="parked_events")
    op.drop_table("parked_events")
    op.drop_table("outbox")
    op.drop_index("uq_orders_storefront_number", table_name="orders")
    op.drop_index("ix_orders_customer_id", table_name="orders")
    op.drop_table("orders")
    op.drop_table("inbox")
    op.drop_index("ix_idempotency_answers_answered", table_name="idempotency_answers")
    op.drop_table("idempotency_answers")
