"""The tables that every service's database has: outbox, inbox, parked events and acts on them, idempotency answers."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, PrimaryKeyConstraint, Table, Text

from shared.database.types import UtcDateTime


@dataclass(frozen=True, slots=True)
class CommonTables:
    """The messaging tables of one service."""

    outbox: Table
    inbox: Table
    parked: Table
    dead_letter_acts: Table
    idempotency: Table


def common_tables(metadata: MetaData) -> CommonTables:
    """Declare them in a service's own metadata, so that its migrations carry them."""
    outbox = Table(
        "outbox",
        metadata,
        Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
        Column("id", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("body", Text, nullable=False),
        sqlite_autoincrement=True,
    )
    inbox = Table(
        "inbox",
        metadata,
        Column("consumer", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        PrimaryKeyConstraint("consumer", "subject"),
    )
    parked = Table(
        "parked_events",
        metadata,
        Column("consumer", Text, nullable=False),
        Column("id", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("state", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("detail", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("body", Text, nullable=False),
        Column("parked_at", UtcDateTime, nullable=False),
        Column("due_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("consumer", "id"),
        Index("ix_parked_events_due", "state", "due_at"),
    )
    acts = Table(
        "dead_letter_acts",
        metadata,
        Column("id", Text, primary_key=True),
        Column("act", Text, nullable=False),
        Column("by", Text, nullable=False),
        Column("at", UtcDateTime, nullable=False),
        Column("why", Text),
        Column("consumer", Text, nullable=False),
        Column("event_id", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("state", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("detail", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("parked_at", UtcDateTime, nullable=False),
        Column("body", Text),
        Index("ix_dead_letter_acts_event", "event_id"),
        Index("ix_dead_letter_acts_subject", "subject"),
    )
    idempotency = Table(
        "idempotency_answers",
        metadata,
        Column("scope", Text, primary_key=True),
        Column("body_hash", Text, nullable=False),
        Column("status", Integer, nullable=False),
        Column("body", Text, nullable=False),
        Column("answered_at", UtcDateTime, nullable=False),
        Index("ix_idempotency_answers_answered", "answered_at"),
    )
    return CommonTables(outbox, inbox, parked, acts, idempotency)
