"""The tables of this service."""

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text, text

from shared.database.common_tables import common_tables
from shared.database.migrating import new_metadata
from shared.database.types import JsonDocument, UtcDateTime

metadata: Final = new_metadata()
common: Final = common_tables(metadata)

WAITING: Final = "waiting > 0"
HELD: Final = "held > 0"
UNIDENTIFIED: Final = "state = 'unidentified'"
IN_CASE: Final = "state = 'in_case'"
OF_NOBODY: Final = "state IN ('unidentified', 'in_case')"
MATCHABLE: Final = "match_key IS NOT NULL"
TO_ANSWER: Final = "answer_by IS NOT NULL"
OPEN_QUESTION: Final = "state IN ('open', 'kept')"
"""Conditions of partial indexes. A query with the same text, without a parameter, can use the index."""


def _index_where(name: str, column: str, condition: str) -> Index:
    return Index(name, column, postgresql_where=text(condition), sqlite_where=text(condition))


benches: Final = Table(
    "benches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("rma", Text, nullable=False),
    Column("rma_key", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("warehouse", Text, nullable=False),
    Column("calendar", Text, nullable=True),
    Column("state", Text, nullable=False),
    Column("units", JsonDocument, nullable=False),
    Column("tallies", JsonDocument, nullable=False),
    Column("counts", JsonDocument, nullable=True),
    Column("rights", JsonDocument, nullable=True),
    Column("expected", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("inspect_by", UtcDateTime, nullable=True),
    Column("overdue_at", UtcDateTime, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("expected >= 0 AND waiting >= 0 AND held >= 0", name="counts"),
    Index("uq_benches_rma_key", "rma_key", unique=True),
    _index_where("ix_benches_inspect_by", "inspect_by", "inspect_by IS NOT NULL"),
    _index_where("ix_benches_waiting", "id", WAITING),
    _index_where("ix_benches_held", "id", HELD),
)

scans: Final = Table(
    "scans",
    metadata,
    Column("id", Text, primary_key=True),
    Column("client_key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("posted_by", Text, nullable=False),
    Column("client_event_id", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("rma", Text, nullable=False),
    Column("rma_key", Text, nullable=True),
    Column("warehouse", Text, nullable=True),
    Column("tracking_number", Text, nullable=True),
    Column("items", JsonDocument, nullable=False),
    Column("looks", JsonDocument, nullable=False),
    Column("scanned_at", UtcDateTime, nullable=False),
    Column("posted_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("return_id", Text, nullable=True),
    Column("units", JsonDocument, nullable=False),
    Column("discrepancies", JsonDocument, nullable=False),
    Column("sender", Text, nullable=True),
    Column("corrects", Text, nullable=True),
    Column("corrected_by", Text, nullable=True),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    Column("tracking_key", Text, nullable=True),
    Column("match_key", Text, nullable=True),
    Column("answer_by", UtcDateTime, nullable=True),
    Column("own_case", JsonDocument, nullable=True),
    Column("history", JsonDocument, nullable=True),
    Index("uq_scans_client_key", "client_key", unique=True),
    Index("ix_scans_return_id", "return_id"),
    Index("ix_scans_rma_key", "rma_key"),
    _index_where("ix_scans_unidentified", "id", UNIDENTIFIED),
    _index_where("ix_scans_in_case", "id", IN_CASE),
    _index_where("ix_scans_of_nobody", "id", OF_NOBODY),
    _index_where("ix_scans_match_key", "match_key", MATCHABLE),
    _index_where("ix_scans_tracking_key", "tracking_key", "tracking_key IS NOT NULL"),
    _index_where("ix_scans_answer_by", "answer_by", TO_ANSWER),
)

announced_parcels: Final = Table(
    "announced_parcels",
    metadata,
    Column("id", Text, primary_key=True),
    Column("return_id", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("tracking_number", Text, nullable=False),
    Column("tracking_key", Text, nullable=False),
    Column("announced_at", UtcDateTime, nullable=True),
    Index("ix_announced_parcels_return_id", "return_id"),
    Index("ix_announced_parcels_tracking_key", "tracking_key"),
)

discrepancies: Final = Table(
    "discrepancies",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("return_id", Text, nullable=False),
    Column("scan_id", Text, nullable=False),
    Column("warehouse", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sku", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=True),
    Column("note", Text, nullable=True),
    Column("resolved_by", Text, nullable=True),
    Column("resolved_at", UtcDateTime, nullable=True),
    Column("former", JsonDocument, nullable=True),
    Column("answer_by", UtcDateTime, nullable=True),
    Column("reason", Text, nullable=True),
    Column("tracking_number", Text, nullable=True),
    Column("matched_return", Text, nullable=True),
    Column("matched_receipt", Text, nullable=True),
    CheckConstraint("quantity > 0", name="quantity"),
    Index("ix_discrepancies_return_id", "return_id"),
    _index_where("ix_discrepancies_open", "id", OPEN_QUESTION),
)
