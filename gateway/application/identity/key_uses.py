"""When keys were last used: noted in memory, and written for each key at most once a minute."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from gateway.application.ports import UnitOfWork

WRITTEN_EVERY: Final = timedelta(minutes=1)


class KeyUses:
    """The uses that this process has noted and not yet written."""

    def __init__(self) -> None:
        self._noted: dict[str, datetime] = {}
        self._taken: dict[str, datetime] = {}

    def note(self, key_id: str, at: datetime) -> None:
        """The key was good for a request."""
        self._noted[key_id] = at

    def take(self, at: datetime) -> Mapping[str, datetime]:
        """The uses to write now: those of keys that were not written within the last minute."""
        self._taken = {key_id: last for key_id, last in self._taken.items() if at - last < WRITTEN_EVERY}
        due = {key_id: used for key_id, used in self._noted.items() if key_id not in self._taken}
        for key_id in due:
            del self._noted[key_id]
            self._taken[key_id] = at
        return due

    def take_all(self) -> Mapping[str, datetime]:
        """Every use that is not yet written, when the process ends."""
        noted, self._noted = self._noted, {}
        return noted

    def put_back(self, uses: Mapping[str, datetime]) -> None:
        """These uses could not be written. What was noted meanwhile is later and stays."""
        self._noted = {**uses, **self._noted}
        for key_id in uses:
            self._taken.pop(key_id, None)


async def record_uses(uow: UnitOfWork, uses: Mapping[str, datetime]) -> None:
    """Write when keys were used. Another process may have written a later moment, which stays."""
    keys = await asyncio.gather(*map(uow.keys.find, uses))
    for key in keys:
        if key is not None:
            key.use(uses[key.id])
