"""Outbox rows that this process has just committed, so that its relay need not read them from the database."""

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Any, Final

PLACES: Final = 400
"""How many rows are kept; older rows are dropped."""


class RecentOutbox:
    """Rows in the order of their positions.

    Only an unbroken run of positions may be used. A missing position may belong to another process; only the database
    can tell.
    """

    def __init__(self) -> None:
        self._rows: deque[Mapping[str, Any]] = deque(maxlen=PLACES)

    def give(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows that were committed."""
        self._rows.extend(rows)

    def after(self, position: int, count: int) -> list[Mapping[str, Any]]:
        """The rows that follow directly on this position, at most `count`; older ones are forgotten."""
        while self._rows and self._rows[0]["position"] <= position:
            self._rows.popleft()
        numbered = zip(range(position + 1, position + 1 + count), self._rows, strict=False)
        return [row for _, row in takewhile(lambda each: each[0] == each[1]["position"], numbered)]
