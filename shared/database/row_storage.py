"""How PostgreSQL stores a long row. For migrations.

PostgreSQL compresses a row above 2 kB and moves its longest values into a second table. A document that is written at
every step pays for that each time. A row that is kept whole stays in one piece up to the 8 kB of a page.

Source: PostgreSQL 15 manual, CREATE TABLE, storage parameter `toast_tuple_target`.
"""

from typing import Final

from alembic import op

PAGE: Final = 8160
"""Bytes: the most that `toast_tuple_target` takes."""


def keep_whole(*tables: str) -> None:
    """Store rows of these tables in one piece while they fit into a page."""
    _each(tables, f"SET (toast_tuple_target = {PAGE})")


def divide(*tables: str) -> None:
    """Undo `keep_whole`."""
    _each(tables, "RESET (toast_tuple_target)")


def _each(tables: tuple[str, ...], change: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in tables:
            op.execute(f"ALTER TABLE {table} {change}")
