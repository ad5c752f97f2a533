"""The job that delivers: one leader, woken by the commit that brings a message or a contact, and by a slow poll.

Each message goes its own way in three commits, many at a time, so that the group committer puts them together. Nothing
is held open while a letter is on the line.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

import structlog

from service_notifications.application import delivery
from service_notifications.application.ports import Mail, Words
from shared.contracts.envelope import Origin
from shared.database.attempt import attempt
from shared.database.database import Database
from shared.kernel.errors import Unavailable
from shared.messaging.inbox import Units
from shared.runtime.clock import Clock
from shared.runtime.loops import Heart, wait_for

log = structlog.get_logger(__name__)

BATCH: Final = 200
POLL_SECONDS: Final = 2.0
CONFIRM_SECONDS: Final = 1.0
RECORD_PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 4.0)
ORIGIN: Final = Origin("service:notifications")


class Due(Protocol):
    """Which messages want to leave."""

    async def due(self, now: datetime, count: int) -> Sequence[str]: ...


class Deliver:
    """Delivers what is due. One leader at a time; an attempt that a former leader lost is taken up after its lease."""

    def __init__(
        self, database: Database, units: Units[Any], *, due: Due, words: Words, mail: Mail, clock: Clock
    ) -> None:
        self._database = database
        self._units = units
        self._due = due
        self._words = words
        self._mail = mail
        self._clock = clock
        self._places = asyncio.Semaphore(mail.at_once)

    async def run(self, heart: Heart) -> None:
        """Lead and deliver for ever."""
        signal = self._database.signals.when("messages", "contacts")
        async with self._database.engine.lead("deliver", heart.beat) as leadership:
            confirmed_at = time.monotonic()
            while True:
                heart.beat()
                if time.monotonic() - confirmed_at > CONFIRM_SECONDS:
                    await leadership.confirm()
                    confirmed_at = time.monotonic()
                if not await self.round(heart):
                    await wait_for(signal, POLL_SECONDS)

    async def round(self, heart: Heart) -> int:
        """Everything that is due now, up to a batch; how many there were. `Unavailable` when the database is away."""
        ids = await self._due.due(self._clock(), BATCH)
        results = await asyncio.gather(*(self._one(key, heart) for key in ids), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return len(ids)

    async def _one(self, message_id: str, heart: Heart) -> None:
        async with self._places:
            letter = await self._commit(lambda uow: delivery.begin(uow, message_id, self._words, at=self._clock()))
            if letter is None:
                return
            receipt = await self._mail.deliver(letter)
            if receipt.code is not None:
                log.warning("message_not_delivered", message=message_id, code=receipt.code)
            await self._record(lambda uow: delivery.record(uow, message_id, receipt, at=self._clock()))
            heart.beat()

    async def _record(self, use_case: Callable[[Any], Awaitable[None]]) -> None:
        """A letter has left: while the database is away we are the only ones who know, so we do not give up at once."""
        for pause in RECORD_PAUSES:
            try:
                await self._commit(use_case)
            except Unavailable:
                await asyncio.sleep(pause)
            else:
                return
        await self._commit(use_case)

    async def _commit(self, use_case: Callable[[Any], Awaitable[Any]]) -> Any:
        _, result = await attempt(lambda: self._units.begin(ORIGIN), use_case, self._database.committer)
        return result
