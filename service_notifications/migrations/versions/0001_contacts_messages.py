"""contacts messages."""

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    _create_contacts()
    _create_idempotency_answers()
    _create_inbox()
    _create_letters()
    _create_messages()
    _create_outbox()
    _create_parked_events()
    _create_returns()


def _create_contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("form_of_address", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
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


def _create_letters() -> None:
    op.create_table(
        "letters",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("said_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_letters")),
    )


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tells", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("content", shared.database.types.JsonDocument(), nullable=False),
        sa.Column("attempts", shared.database.types.JsonDocument(), nullable=False),
        sa.Column("created_at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", shared.database.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", shared.database.types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_customer_id", "messages", ["customer_id", "id"], unique=False)
    op.create_index(
        "ix_messages_due_at",
        "messages",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_messages_return_id", "messages", ["return_id", "id"], unique=False)
    op.create_index(
        "ix_messages_waiting",
        "messages",
        ["customer_id"],
        unique=False,
        postgresql_where=sa.text("status = 'waiting_for_contact'"),
        sqlite_where=sa.text("status = 'waiting_for_contact'"),
    )
    op.create_index("uq_messages_fact_customer_id_channel", "messages", ["fact", "customer_id", "channel"], unique=True)


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


def _create_returns() -> None:
    op.create_table(
        "returns",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("rma", sa.Text(), nullable=True),
        sa.Column("names", shared.database.types.JsonDocument(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("returns")
    op.drop_index("ix_parked_events_due", table_name="parked_events")
    op.drop_table("parked_events")
    op.drop_table("outbox")
    op.drop_index("uq_messages_fact_customer_id_channel", table_name="messages")
    op.drop_index(
        "ix_messages_waiting",
        table_name="messages",
        postgresql_where=sa.text("status = 'waiting_for_contact'"),
        sqlite_where=sa.text("status = 'waiting_for_contact'"),
    )
    op.drop_index("ix_messages_return_id", table_name="messages")
    op.drop_index(
        "ix_messages_due_at",
        table_name="messages",
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_index("ix_messages_customer_id", table_name="messages")
    op.drop_table("messages")
    op.drop_table("letters")
    op.drop_table("inbox")
    op.drop_index("ix_idempotency_answers_answered", table_name="idempotency_answers")
    op.drop_table("idempotency_answers")
    op.drop_table("contacts")
