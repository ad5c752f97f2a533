"""A small domain for the tests of `shared`: things with a version, balances with a cap."""

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Table, Text

from shared.database.common_tables import common_tables
from shared.database.migrating import new_metadata
from shared.database.types import JsonDocument, UtcDateTime

metadata: Final = new_metadata()
common: Final = common_tables(metadata)

things: Final = Table(
    "things",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("document", JsonDocument, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
marks: Final = Table(
    "marks",
    metadata,
    Column("thing", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("n", BigInteger),
)
balances: Final = Table(
    "balances",
    metadata,
    Column("id", Text, primary_key=True),
    Column("cap", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    CheckConstraint("used <= cap", name="cap"),
)
