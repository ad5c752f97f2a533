"""The jobs that deliver: one carries what has begun in this process, one begins what waited, was postponed or was lost.

Nothing is held open while a letter is on the line. Many letters are carried at a time, so that the group committer puts
their records together.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

import structlog

from service_notifications.application.messages import delivery
from service_notifications.application.messages.mail_transport import MailTransport
from service_notifications.application.messages.message_renderer import MessageRenderer
from service_notifications.domain.messages.outgoing_mail import OutgoingMail
from shared.contracts.envelope import Origin
from shared.database.database import Database
from shared.database.retrying import attempt
from shared.kernel.errors import Unavailable
from shared.messaging.inbox import UnitOfWorkFactory
from shared.runtime.clock import Clock
from shared.runtime.loops import Heartbeat, wait_for

log = structlog.get_logger(__name__)

BATCH: Final = 200
POLL_SECONDS: Final = 2.0
CONFIRM_SECONDS: Final = 1.0
LAST_SECONDS: Final = 5.0
"""How long a stop waits for letters that are being handed over."""
RECORD_PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 4.0)
ORIGIN: Final = Origin("service:notifications")


class DueMessages(Protocol):
    """Which messages want to leave."""

    async def due(self, now: datetime, count: int) -> Sequence[str]: ...


class BegunMail(Protocol):
    """Letters whose attempts are committed, and what wakes the round that begins the others."""

    @property
    def letters(self) -> asyncio.Queue[OutgoingMail]: ...
    @property
    def left(self) -> asyncio.Event: ...


class DeliveryJob:
    """Delivers. Who has committed an attempt carries its letter; an attempt that was lost is begun after its lease."""

    def __init__(
        self,
        database: Database,
        units: UnitOfWorkFactory[Any],
        *,
        due: DueMessages,
        words: MessageRenderer,
        mail: MailTransport,
        outgoing: BegunMail,
        clock: Clock,
    ) -> None:
        self._database = database
        self._units = units
        self._due = due
        self._words = words
        self._mail = mail
        self._outgoing = outgoing
        self._clock = clock
        self._places = asyncio.Semaphore(mail.at_once)

    async def run(self, heartbeat: Heartbeat) -> None:
        """Lead and begin what is due, for ever."""
        async with self._database.engine.lead("deliver", heartbeat.beat) as leadership:
            confirmed_at = time.monotonic()
            while True:
                heartbeat.beat()
                if time.monotonic() - confirmed_at > CONFIRM_SECONDS:
                    await leadership.confirm()
                    confirmed_at = time.monotonic()
                if await self.round() < BATCH:
                    await wait_for(self._outgoing.left, POLL_SECONDS)

    async def round(self) -> int:
        """Begin everything that is due now, up to a batch; how many. `Unavailable` when the database is away."""
        ids = await self._due.due(self._clock(), BATCH)
        results = await asyncio.gather(*(self._begin(key) for key in ids), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return len(ids)

    async def carry(self, heartbeat: Heartbeat) -> None:
        """Hand over what has begun, for ever."""
        under_way: set[asyncio.Task[None]] = set()

        def ended(task: asyncio.Task[None]) -> None:
            under_way.discard(task)
            self._places.release()
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("delivery_not_recorded", task=task.get_name(), error=repr(error))

        try:
            while True:
                heartbeat.beat()
                letter = await self._next()
                if letter is not None:
                    await self._places.acquire()
                    task = asyncio.create_task(self._hand_over(letter), name=f"carry {letter.message_id}")
                    under_way.add(task)
                    task.add_done_callback(ended)
        finally:
            if under_way:  # a letter that has left and is not noted leaves once more
                await asyncio.wait(under_way, timeout=LAST_SECONDS)
            for task in set(under_way):
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _next(self) -> OutgoingMail | None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                return await self._outgoing.letters.get()
        except TimeoutError:
            return None

    async def _begin(self, message_id: str) -> None:
        await self._commit(lambda uow: delivery.begin(uow, message_id, self._words, at=self._clock()))

    async def _hand_over(self, letter: OutgoingMail) -> None:
        if not delivery.may_be_handed_over(letter, at=self._clock()):
            return
        receipt = await self._mail.deliver(letter)
        if receipt.code is not None:
            log.warning("message_not_delivered", message=letter.message_id, code=receipt.code)
        await self._record(lambda uow: delivery.record(uow, letter.message_id, receipt, at=self._clock()))

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
