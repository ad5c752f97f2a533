"""The tables of this service."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from shared.database.common_tables import common_tables
from shared.database.migrating import new_metadata
from shared.database.types import JsonDocument, Minor, UtcDateTime

metadata: Final = new_metadata()
common: Final = common_tables(metadata)

known_orders: Final = Table(
    "known_orders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("regime", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("refunds", Integer, nullable=False),
    Column("snapshot", JsonDocument, nullable=False),
    Column("later", JsonDocument),
)

paid_twice: Final = Table(
    "paid_twice",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, nullable=False),
    Column("refund_id", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_minor", Minor, nullable=False),
    Column("noted_at", UtcDateTime, nullable=False),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Column("sequence", BigInteger, nullable=False, server_default="0"),
    Column("closed", JsonDocument),
)
"""What a person must look at: money that somebody else and we have paid back, or a refund that nobody could compute."""

known_returns: Final = Table(
    "known_returns",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("facts", JsonDocument, nullable=False),
)

balances: Final = Table(
    "balances",
    metadata,
    Column("order_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("cap_minor", Minor, nullable=False),
    Column("reserved_minor", Minor, nullable=False),
    Column("settled_minor", Minor, nullable=False),
    PrimaryKeyConstraint("order_id", "kind", "key"),
    CheckConstraint("kind IN ('unit', 'line', 'component', 'tender', 'order')", name="kind_known"),
    CheckConstraint("reserved_minor >= 0", name="reserved_not_negative"),
    CheckConstraint("settled_minor >= 0", name="settled_not_negative"),
    CheckConstraint("reserved_minor + settled_minor <= cap_minor", name="within_cap"),
    Index(
        "uq_balances_unit",
        "key",
        unique=True,
        postgresql_where=text("kind = 'unit'"),
        sqlite_where=text("kind = 'unit'"),
    ),
)
"""Balances bound every refund. The table holds one row for each unit, so that a unit is refunded once."""

_DUE: Final = "due_at IS NOT NULL"
_OPEN: Final = "remainder_open = 1"
UNENDED: Final = "state NOT IN ('settled', 'stopped', 'closed')"
_LOOK: Final = "look_at IS NOT NULL"

refunds: Final = Table(
    "refunds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("return_id", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_minor", Minor, nullable=False),
    Column("terms", JsonDocument, nullable=False),
    Column("payouts", JsonDocument, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("pay_by", UtcDateTime, nullable=False),
    Column("submitted_at", UtcDateTime),
    Column("key_until", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("asked", Integer, nullable=False),
    Column("code", Text),
    Column("remainder_closed", JsonDocument),
    Column("remainder_open", Integer),
    Column("look_at", UtcDateTime),
    Column("recovery", JsonDocument),
    Column("waits_since", UtcDateTime),
    Column("updated_at", UtcDateTime),
    Column("order_number", Text),
    Column("storefront", Text),
    CheckConstraint(
        "state IN ('reserved', 'submitting', 'pending', 'unknown', 'settled', 'failed', 'manual_review', 'stopped',"
        " 'waiting', 'awaiting_confirmation', 'closed')",
        name="state_known",
    ),
    Index("ix_refunds_due", "due_at", postgresql_where=text(_DUE), sqlite_where=text(_DUE)),
    Index("ix_refunds_remainder", "id", postgresql_where=text(_OPEN), sqlite_where=text(_OPEN)),
    Index("ix_refunds_look", "look_at", postgresql_where=text(_LOOK), sqlite_where=text(_LOOK)),
    Index("ix_refunds_open", "state", "id", postgresql_where=text(UNENDED), sqlite_where=text(UNENDED)),
    Index("ix_refunds_number", "order_number", "id"),
    Index("ix_refunds_updated", "updated_at", "id"),
    Index("ix_refunds_order", "order_id", "id"),
    Index("ix_refunds_return", "return_id", "id"),
    Index("ix_refunds_customer", "customer_id", "id"),
)

ledger_entries: Final = Table(
    "ledger_entries",
    metadata,
    Column("posting_id", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("account", Text, nullable=False),
    Column("amount_minor", Minor, nullable=False),
    Column("currency", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("refund_id", Text, nullable=False),
    Column("payout_id", Text),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("posting_id", "line"),
    Index("ix_ledger_entries_order", "order_id", "at"),
    Index("ix_ledger_entries_at", "at", "posting_id", "line"),
)
"""Append only: no entry is ever updated or deleted."""

finance_feed: Final = Table(
    "finance_feed",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Text, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("event_id"),
)
"""Published events in the order of publication. Positions have no gap."""

simulated_transfers: Final = Table(
    "simulated_transfers",
    metadata,
    Column("key", Text, primary_key=True),
    Column("reference", Text, nullable=False),
    Column("amount_minor", Minor, nullable=False),
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""The transfers of the payment simulator, which a real provider would keep on its side."""

simulator_behaviour: Final = Table(
    "simulator_behaviour",
    metadata,
    Column("id", Text, primary_key=True),
    Column("mode", Text, nullable=False),
    Column("times", Integer, nullable=False),
    CheckConstraint("times >= 0", name="times_not_negative"),
)
