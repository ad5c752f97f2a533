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
from shared.database.types import JsonDocument, UtcDateTime

metadata: Final = new_metadata()
common: Final = common_tables(metadata)

orders: Final = Table(
    "orders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("storefront", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("snapshot", JsonDocument, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("uq_orders_storefront_number", "storefront", "number", unique=True),
    Index("ix_orders_customer_id", "customer_id", "id"),
    Index("ix_orders_number", "number", "id"),
    Index("ix_orders_created_at", "created_at", "id"),
    Index("ix_orders_storefront", "storefront", "created_at", "id"),
)

articles: Final = Table(
    "articles",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("sku", Text, nullable=False),
    Column("name", Text),
    Column("category", Text),
    Column("goods", JsonDocument, nullable=False),
)
"""What storefronts told about their articles, by SKU without case."""

order_facts: Final = Table(
    "order_facts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("facts", JsonDocument, nullable=False),
)
"""By the id of the order: what happened to it after its push. The row of the snapshot is never written again."""

returns: Final = Table(
    "returns",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("rma", Text),
    Column("order_id", Text, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("state", JsonDocument, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("external_reference", Text),
    Column("storefront", Text),
    Column("promised_at", UtcDateTime),
    Index(
        "ix_returns_external_reference",
        "external_reference",
        "id",
        postgresql_where=text("external_reference IS NOT NULL"),
        sqlite_where=text("external_reference IS NOT NULL"),
    ),
    Index("uq_returns_rma", "rma", unique=True),
    Index("ix_returns_order_id", "order_id", "id"),
    Index("ix_returns_customer_id", "customer_id", "id"),
    Index("ix_returns_created_at", "created_at", "id", "status", "storefront", "updated_at", "promised_at"),
    Index("ix_returns_updated_at", "updated_at", "id", "status", "storefront", "created_at", "promised_at"),
    Index(
        "ix_returns_promised_at",
        "promised_at",
        "id",
        "status",
        "storefront",
        "created_at",
        "updated_at",
        postgresql_where=text("promised_at IS NOT NULL"),
        sqlite_where=text("promised_at IS NOT NULL"),
    ),
    Index(
        "ix_returns_due_at",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
)
"""`promised_at` is the end of the running promise, also of one that is broken; `due_at` is when a job acts next.

A list is read in the order of an index that also holds what most filters look at, so that they do not need the row.
"""

return_feed: Final = Table(
    "return_feed",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("kept_at", UtcDateTime, nullable=False),
    UniqueConstraint("event_id"),
)
"""Published events about returns in the order of publication, for some days. Positions have no gap."""

return_parcels: Final = Table(
    "return_parcels",
    metadata,
    Column("tracking_number", Text, nullable=False),
    Column("return_id", Text, nullable=False),
    PrimaryKeyConstraint("tracking_number", "return_id"),
)
"""By which parcels a return is found; numbers in the form in which they are compared."""

unit_claims: Final = Table(
    "unit_claims",
    metadata,
    Column("order_id", Text, nullable=False),
    Column("line_id", Text, nullable=False),
    Column("unit_no", Integer, nullable=False),
    Column("return_id", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    PrimaryKeyConstraint("order_id", "line_id", "unit_no"),
)
"""The claims of units. The key holds the rule that a physical unit has one remedy at a time (B14).

A unit that was cancelled before it was sent is claimed by its cancellation. The line with the empty id stands for the
snapshot: its number n is claimed by the first return that rests on the nth snapshot, or by the correction that ends it.
"""

line_claims: Final = Table(
    "line_claims",
    metadata,
    Column("order_id", Text, nullable=False),
    Column("line_id", Text, nullable=False),
    Column("most", Integer, nullable=False),
    Column("claimed", Integer, nullable=False),
    PrimaryKeyConstraint("order_id", "line_id"),
    CheckConstraint("claimed >= 0", name="claimed_not_negative"),
    CheckConstraint("claimed <= most", name="claimed_within_line"),
)
"""How many pieces of each line of a wholesale order are claimed. The CHECK holds the rule of `unit_claims` (Z13)."""

return_steps: Final = Table(
    "return_steps",
    metadata,
    Column("return_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("says", JsonDocument, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("staff", JsonDocument),
    PrimaryKeyConstraint("return_id", "number"),
)
"""The timeline of each return; rows are only added. `staff` are the words for staff, where they differ."""

return_tags: Final = Table(
    "return_tags",
    metadata,
    Column("return_id", Text, nullable=False),
    Column("tag", Text, nullable=False),
    PrimaryKeyConstraint("tag", "return_id"),
)

return_notes: Final = Table(
    "return_notes",
    metadata,
    Column("return_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("return_id", "number"),
)
"""Notes of staff; rows are only added."""

policies: Final = Table(
    "policies",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("effective_from", Text, nullable=False),
    Column("effective_until", Text),
    Column("published_at", UtcDateTime, nullable=False),
    Column("published_by", Text, nullable=False),
)
"""Published policy versions by name, word for word; rows are only added."""

shops: Final = Table(
    "shops",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("state", JsonDocument, nullable=False),
)
"""Connected shops by name; their secrets are sealed."""
