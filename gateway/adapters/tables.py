"""The tables of the gateway: accounts, keys, sessions, revocations, refusals; and those of the reconciler."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from shared.database.common_tables import common_tables
from shared.database.migrating import new_metadata
from shared.database.types import JsonDocument, UtcDateTime

metadata: Final = new_metadata()
common: Final = common_tables(metadata)

accounts: Final = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("roles", JsonDocument, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("password_changed_at", UtcDateTime, nullable=True),
    Index("uq_accounts_email", "email", unique=True),
)

keys: Final = Table(
    "keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", JsonDocument, nullable=False),
    Column("warehouse", Text),
    Column("storefront", Text),
    Column("created_by", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("machine", Text),
    Column("hint", Text),
    Column("expires_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
    Index("uq_keys_digest", "digest", unique=True),
    Index("ix_keys_name", "name"),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("uq_sessions_digest", "digest", unique=True),
    Index("ix_sessions_expires", "expires_at"),
)

revocations: Final = Table(
    "revocations",
    metadata,
    Column("holder", Text, primary_key=True),
    Column("revoked_at", UtcDateTime, nullable=False),
    Index("ix_revocations_revoked", "revoked_at"),
)

refusals: Final = Table(
    "refusals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("refused_at", UtcDateTime, nullable=False),
    Column("status", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("actor", Text),
    Column("address", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("times", BigInteger, nullable=False),
    Index("ix_refusals_refused", "refused_at"),
)

comparisons: Final = Table(
    "comparisons",
    metadata,
    Column("name", Text, primary_key=True),
    Column("agreed_until", UtcDateTime, nullable=False),
)

findings: Final = Table(
    "findings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("ended_by", Text),
    Column("reason", Text),
    Index("ix_findings_state", "state", "found_at"),
)
