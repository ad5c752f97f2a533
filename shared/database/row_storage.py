"""Where PostgreSQL puts a long row. For migrations.

A row above 2 kB is compressed and its longest values are moved into a table beside; a document that is written again at
every step pays for that each time. Kept whole, such a row is one piece up to the 8 kB of a page.

Source: PostgreSQL 15 manual, CREATE TABLE, storage parameter `toast_tuple_target`.
"""

from typing import Final

from alembic import op

PAGE: Final = 8160
"""Bytes: the most that `toast_tuple_target` takes."""


def keep_whole(*tables: str) -> None:
    """From now on rows of these tables are neither compressed nor divided while they fit into a page."""
    _each(tables, f"SET (toast_tuple_target = {PAGE})")


def divide(*tables: str) -> None:
    """The way back."""
    _each(tables, "RESET (toast_tuple_target)")


def _each(tables: tuple[str, ...], change: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in tables:
            op.execute(f"ALTER TABLE {table} {change}")
