"""The tables of this service. `contacts` and `letters` hold personal data, the others ids only."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text, text

from shared.database.common_tables import common_tables
from shared.database.migrating import new_metadata
from shared.database.types import JsonDocument, UtcDateTime

metadata: Final = new_metadata()
common: Final = common_tables(metadata)

contacts: Final = Table(
    "contacts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("language", Text, nullable=False),
    Column("name", Text),
    Column("email", Text),
    Column("form_of_address", Text),
)

returns: Final = Table(
    "returns",
    metadata,
    Column("id", Text, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("rma", Text),
    Column("names", JsonDocument, nullable=False),
)

messages: Final = Table(
    "messages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("fact", Text, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("tells", Text, nullable=False),
    Column("return_id", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("code", Text),
    Column("content", JsonDocument, nullable=False),
    Column("attempts", JsonDocument, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("resume_at", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("place", BigInteger),
    Column("units", JsonDocument),
    Column("collected", JsonDocument),
    Column("tries", BigInteger),
    Column("followed", Boolean),
    Column("ending", JsonDocument),
    Index("uq_messages_fact_customer_id_channel", "fact", "customer_id", "channel", unique=True),
    Index("uq_messages_return_id_place", "return_id", "place", unique=True),
    Index("ix_messages_kind", "kind", "id"),
    Index(
        "ix_messages_not_sent",
        "status",
        "id",
        postgresql_where=text("status <> 'sent'"),
        sqlite_where=text("status <> 'sent'"),
    ),
    Index("ix_messages_customer_id", "customer_id", "id"),
    Index(
        "ix_messages_due_at",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_messages_waiting",
        "customer_id",
        postgresql_where=text("status = 'waiting_for_contact'"),
        sqlite_where=text("status = 'waiting_for_contact'"),
    ),
)

letters: Final = Table(
    "letters",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("to_address", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("said_at", UtcDateTime, nullable=False),
)
"""The words of the last attempt, exactly as they were sent."""
