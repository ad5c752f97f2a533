"""The tables that every service's database has: outbox, archive, inbox, parked events, queues, idempotency answers."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, PrimaryKeyConstraint, Table, Text

from shared.database.types import UtcDateTime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonTables:
    """The messaging tables of one service."""

    outbox: Table
    archive: Table
    inbox: Table
    queues: Table
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
    archive, queues = _delivery_tables(metadata)
    return CommonTables(
        outbox=outbox,
        archive=archive,
        inbox=inbox,
        queues=queues,
        parked=parked,
        dead_letter_acts=acts,
        idempotency=_idempotency_table(metadata),
    )


def _delivery_tables(metadata: MetaData) -> tuple[Table, Table]:
    """The archive of sent events, and the queues of this service."""
    archive = Table(
        "sent_events",
        metadata,
        Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
        Column("id", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("body", Text, nullable=False),
        Column("sent_at", UtcDateTime, nullable=False),
        Index("ix_sent_events_sent", "sent_at", postgresql_using="brin"),
    )
    queues = Table(
        "followed_queues",
        metadata,
        Column("queue", Text, primary_key=True),
        Column("made_at", UtcDateTime),
        Column("lost_at", UtcDateTime),
        Column("healed_at", UtcDateTime),
        Column("losses", Integer, nullable=False),
    )
    return archive, queues


def _idempotency_table(metadata: MetaData) -> Table:
    """The answers to calls with an idempotency key."""
    return Table(
        "idempotency_answers",
        metadata,
        Column("scope", Text, primary_key=True),
        Column("body_hash", Text, nullable=False),
        Column("status", Integer, nullable=False),
        Column("body", Text, nullable=False),
        Column("answered_at", UtcDateTime, nullable=False),
        Index("ix_idempotency_answers_answered", "answered_at"),
    )
