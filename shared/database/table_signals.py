"""Wakes loops of the same process after a commit that changed a table they wait for."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable


class TableSignals:
    """One event per waiting loop, by table name. Each loop also polls, in case another process commits."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[asyncio.Event]] = defaultdict(list)

    def when(self, *tables: str) -> asyncio.Event:
        """An event that is set whenever this process has changed one of these tables."""
        signal = asyncio.Event()
        for table in tables:
            self._waiting[table].append(signal)
        return signal

    def changed(self, tables: Iterable[str]) -> None:
        """Wake the loops that wait for these tables."""
        for table in tables:
            for signal in self._waiting.get(table, ()):
                signal.set()
