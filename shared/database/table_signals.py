"""Wake-ups inside one process: after a commit, whoever waits for a table that changed hears of it at once."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable


class TableSignals:
    """One event per waiting loop, by table name. A poll is always the safety net behind it."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[asyncio.Event]] = defaultdict(list)

    def when(self, *tables: str) -> asyncio.Event:
        """An event that is set whenever one of these tables has changed in this process."""
        signal = asyncio.Event()
        for table in tables:
            self._waiting[table].append(signal)
        return signal

    def changed(self, tables: Iterable[str]) -> None:
        """Tell that these tables have changed."""
        for table in tables:
            for signal in self._waiting.get(table, ()):
                signal.set()
