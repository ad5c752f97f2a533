"""Two jobs: `executor` pays reserved refunds; `janitor` inquires about refunds whose end is unknown (I03, I04).

Each leads alone in its service. What is taken in hand is bounded; a refund that cannot be brought forward rests a while
and its neighbours go on.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Final

import structlog

from service_refunds.application.queries import Queries
from service_refunds.application.settlement.reserved_refunds import ReservedRefunds
from service_refunds.domain.settlement.refund import STATES_AT_PROVIDER, State
from shared.database.database import Leadership
from shared.runtime.clock import Clock
from shared.runtime.loops import Heartbeat, wait_for

log = structlog.get_logger(__name__)

POLL_SECONDS: Final = 1.0
PAUSE_AFTER_FAILURE_SECONDS: Final = 2.0
STATES_TO_PAY: Final = (State.RESERVED,)
STATES_TO_INQUIRE: Final = tuple(sorted(STATES_AT_PROVIDER))

Lead = Callable[[str, Callable[[], None]], AbstractAsyncContextManager[Leadership]]


@dataclass(slots=True, kw_only=True)
class DueRefundsJob:
    """Takes refunds in these states, whose time has come, and brings each a step forward, so many at once."""

    name: str
    states: Sequence[State]
    step: Callable[[str], Awaitable[None]]
    queries: Queries
    lead: Lead
    clock: Clock
    counter: ReservedRefunds
    slots: int
    _asked_at: float = float("-inf")
    _busy: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _resting: dict[str, float] = field(default_factory=dict)

    async def run(self, heartbeat: Heartbeat) -> None:
        """Lead and go round for ever."""
        async with self.lead(self.name, heartbeat.beat) as leadership:
            confirmed_at = time.monotonic()
            self._asked_at = float("-inf")
            try:
                while True:
                    heartbeat.beat()
                    if time.monotonic() - confirmed_at > POLL_SECONDS:
                        await leadership.confirm()
                        confirmed_at = time.monotonic()
                    self._let_go()
                    await self._take()
                    await wait_for(self.counter.rings, POLL_SECONDS)
            finally:
                await self._stop()

    async def _take(self) -> None:
        free = self.slots - len(self._busy)
        if free <= 0:
            return
        for refund in self.counter.take(free) if self._has_asked() else await self._due(free):
            if refund not in self._busy and refund not in self._resting and len(self._busy) < self.slots:
                task = asyncio.create_task(self._one(refund), name=f"{self.name} {refund}")
                task.add_done_callback(self._wake)
                self._busy[refund] = task

    def _has_asked(self) -> bool:
        """Whether the announced refunds are enough for now: the database is asked at least once a second."""
        return self.counter.waits and time.monotonic() - self._asked_at < POLL_SECONDS

    async def _due(self, free: int) -> Sequence[str]:
        self._asked_at = time.monotonic()
        self.counter.clear()
        return await self.queries.due(self.states, self.clock(), free + len(self._busy) + len(self._resting))

    async def _one(self, refund: str) -> None:
        await self.step(refund)

    def _wake(self, _: asyncio.Task[None]) -> None:
        """Somebody may have waited for a slot."""
        if len(self._busy) >= self.slots:
            self.counter.rings.set()

    def _let_go(self) -> None:
        """Free the slots of ended steps. A failed step is logged and tried again after a pause."""
        now = time.monotonic()
        self._resting = {refund: until for refund, until in self._resting.items() if until > now}
        for refund, task in list(self._busy.items()):
            if not task.done():
                continue
            del self._busy[refund]
            error = None if task.cancelled() else task.exception()
            if task.cancelled() or error is not None:
                log.error("refund_step_failed", job=self.name, refund=refund, error=repr(error))
                self._resting[refund] = now + PAUSE_AFTER_FAILURE_SECONDS

    async def _stop(self) -> None:
        """Cancel running steps. A reserved refund was not sent; a submitted one is looked up later."""
        for task in self._busy.values():
            task.cancel()
        await asyncio.gather(*self._busy.values(), return_exceptions=True)
        self._busy.clear()
