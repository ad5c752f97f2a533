"""The broker's confirms for the messages of one batch: acknowledged, refused, or no confirm yet."""

import asyncio
from collections.abc import Sequence

UNKNOWN, ACKED, REFUSED = b"?", b"+", b"-"


class Confirms:
    """The broker's confirms for the messages of one batch."""

    def __init__(self, first: int, ids: Sequence[str]) -> None:
        self._first = first
        self._ids = ids
        self._verdicts = UNKNOWN * len(ids)
        self.settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def record(self, tag: int, *, multiple: bool, verdict: bytes) -> None:
        """Only a message's first confirm counts. A returned message is acknowledged afterwards, and stays refused."""
        index = tag - self._first
        if index < 0:
            return
        start, said = 0 if multiple else index, self._verdicts
        recorded = said[start : index + 1].replace(UNKNOWN, verdict)
        self._verdicts = said = said[:start] + recorded + said[index + 1 :]
        if UNKNOWN not in said and not self.settled.done():
            self.settled.set_result(None)

    def returned(self, message_id: str) -> None:
        """The broker found no queue for this message."""
        if message_id in self._ids:
            self.record(self._first + self._ids.index(message_id), multiple=False, verdict=REFUSED)

    @property
    def certain(self) -> int:
        """How many of the first messages were acknowledged without a gap."""
        return len(self._verdicts) - len(self._verdicts.lstrip(ACKED))
