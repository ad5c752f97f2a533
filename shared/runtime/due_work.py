"""The loop for due work: find items that are due and do each of them, a bounded number at a time.

The rules are the same for every job of every service:

    an item fails             it is logged and not begun again for `rest_seconds`; the other items go on
    an error of `stops_loop`  no item is begun, running items end, then the loop ends; its supervisor starts it again
    a query was full          the next query comes when a slot is free; otherwise after `pause_seconds` or a wake-up
    leadership is lost        running items are cancelled, because another process may now begin them
    the loop is stopped       running items get `stop_seconds` to end, then they are cancelled

The limit of a query is raised by the number of running and resting items. Otherwise these items could fill the whole
answer, and later items would never be found. An item must be safe to begin twice: another process, or this loop after a
restart, may begin the same item.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Generic, Protocol, TypeVar

import structlog

from shared.kernel.errors import RetourError, Unavailable
from shared.runtime.loops import Heartbeat

log = structlog.get_logger(__name__)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

CONFIRM_SECONDS: Final = 1.0
"""Seconds after which a leading job confirms its leadership again, at its next turn."""
BEAT_SECONDS: Final = 5.0
"""The longest time between two beats of a waiting loop."""
REST_SECONDS: Final = 2.0
LONG_AGO: Final = float("-inf")


class Leadership(Protocol):
    """The right to do what only one process at a time may do."""

    async def confirm(self) -> None:
        """Raises `Unavailable` when leadership is lost."""
        ...


Lead = Callable[[str, Callable[[], None]], AbstractAsyncContextManager[Leadership]]
"""`lead(name, beat)` waits for the leadership under this name and calls `beat` while it waits."""


class KnownItems(Protocol[T_co]):
    """Due items that this process knows without a query."""

    @property
    def has_items(self) -> bool:
        """Whether there is an item."""
        ...

    def take(self, count: int, /) -> Sequence[T_co]:
        """At most `count` items, the oldest first; each once."""
        ...


@dataclass(slots=True, kw_only=True)
class DueWork(Generic[T]):
    """See the module. At least one of `find` and `first` is given.

    `find(limit)` asks the database. Items from `first` are begun without a query; even so the database is asked every
    `pause_seconds`. `stops_loop` are errors of an item that stop the loop, because every other item would meet
    them too. The caller sets `wake` when a new item may exist.
    """

    name: str
    do: Callable[[T], Awaitable[object]]
    find: Callable[[int], Awaitable[Sequence[T]]] | None = None
    first: KnownItems[T] | None = None
    lead: Lead | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    pause_seconds: float
    slots: int = 1
    batch: int = 1
    """How many items one query asks for, at least; there are never fewer than the free slots."""
    rest_seconds: float = REST_SECONDS
    stop_seconds: float = 0.0
    stops_loop: tuple[type[Exception], ...] = (Unavailable,)
    key: Callable[[T], str] = str
    """The id of an item, for logs and to know the item again."""
    failure: str = "due_work_failed"
    """The name of the log entry of an item that failed, and of the field with the item's id."""
    label: str = "item"

    _found: deque[T] = field(default_factory=deque)
    _running: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _resting: dict[str, float] = field(default_factory=dict)
    _outage: BaseException | None = None
    _more: bool = False
    _stopping: bool = False
    _asked_at: float = LONG_AGO
    _look_at: float = LONG_AGO
    """When items are looked for next."""

    async def run(self, heartbeat: Heartbeat) -> None:
        """Do what is due, for ever; lead first where the job needs it."""
        if self.lead is None:
            await self._run(heartbeat, None)
            return
        async with self.lead(self.name, heartbeat.beat) as leadership:
            await self._run(heartbeat, leadership)

    async def _run(self, heartbeat: Heartbeat, leadership: Leadership | None) -> None:
        patience = self.stop_seconds
        confirmed_at = time.monotonic()
        self._start_anew()
        try:
            while True:
                heartbeat.beat()
                if leadership is not None and time.monotonic() - confirmed_at > CONFIRM_SECONDS:
                    try:
                        await leadership.confirm()
                    except Unavailable:
                        patience = 0.0
                        raise
                    confirmed_at = time.monotonic()
                if self._outage is None:
                    await self._look()
                if self._outage is not None and not self._running:
                    raise self._outage
                await self._wait(BEAT_SECONDS if leadership is None else CONFIRM_SECONDS)
        finally:
            await self._stop(patience)

    def _start_anew(self) -> None:
        """Forget the try before this one, except for the items that are left alone."""
        self._outage = None
        self._more = False
        self._asked_at = self._look_at = LONG_AGO

    async def _look(self) -> None:
        """Find items for the free slots, if it is time, and begin them."""
        if self._found or len(self._running) >= self.slots:
            return
        now = time.monotonic()
        if self._resting:
            self._resting = {key: until for key, until in self._resting.items() if until > now}
        if self.find is not None:
            if self.first is not None and self.first.has_items and now - self._asked_at < self.pause_seconds:
                self._look_at = self._asked_at + self.pause_seconds
            elif now >= self._look_at:
                await self._ask(self.find, now)
        if self._outage is None and self.first is not None:
            while self.first.has_items and (free := self.slots - len(self._running)) > 0:
                self._begin(self.first.take(free), {*self._running, *self._resting})

    async def _ask(self, find: Callable[[int], Awaitable[Sequence[T]]], now: float) -> None:
        """Ask the database, and begin what it names."""
        self._asked_at, self._look_at = now, now + self.pause_seconds
        # taken before the query: an item that ends meanwhile may still be in the answer
        known = {*self._running, *self._resting}
        wanted = max(self.slots - len(self._running), self.batch)
        try:
            found = await find(wanted + len(known))
        except Unavailable as error:
            self._outage = error
            return
        self._more = len(found) >= wanted + len(known)
        self._begin(found, known)

    def _begin(self, items: Sequence[T], known: set[str]) -> None:
        self._found.extend(item for item in items if self.key(item) not in known)
        self._fill()

    async def _wait(self, longest: float) -> None:
        """Wait for a wake-up, for the next look, or for the next beat."""
        seconds = longest
        if self.find is not None and not self._found and self._outage is None and len(self._running) < self.slots:
            seconds = max(0.0, min(longest, self._look_at - time.monotonic()))
        try:
            async with asyncio.timeout(seconds):
                await self.wake.wait()
        except TimeoutError:
            return
        self.wake.clear()
        self._look_at = time.monotonic()

    def _fill(self) -> None:
        """Begin found items while there are free slots."""
        while self._found and len(self._running) < self.slots:
            item = self._found.popleft()
            key = self.key(item)
            if key not in self._running:
                task = asyncio.create_task(self._do(item), name=f"{self.name} {key}")
                self._running[key] = task
                task.add_done_callback(partial(self._ended, key))

    async def _do(self, item: T) -> None:
        await self.do(item)

    def _ended(self, key: str, task: asyncio.Task[None]) -> None:
        """Free the slot of an item, and use it."""
        del self._running[key]
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is not None and not (task.cancelled() and self._stopping):
            self._fail(key, error)
        if self._outage is None:
            self._fill()
        if self._outage is not None or (not self._found and self._wants_to_look()):
            self.wake.set()

    def _wants_to_look(self) -> bool:
        """Whether a free slot is reason enough to look for items now."""
        if self.first is not None and self.first.has_items:
            return True
        return self.find is not None and (self._more or self._look_at <= time.monotonic())

    def _fail(self, key: str, error: BaseException) -> None:
        """Leave the item alone for a while, or end the loop when every other item would fail too."""
        if isinstance(error, self.stops_loop):
            self._outage = self._outage or error
            return
        self._resting[key] = time.monotonic() + self.rest_seconds
        about = {"job": self.name, self.label: key}
        if isinstance(error, RetourError):
            log.warning(self.failure, code=error.code, reason=str(error), **about)
        else:
            log.error(self.failure, error=repr(error), exc_info=error, **about)

    async def _stop(self, patience: float) -> None:
        """Let running items end for so many seconds; then cancel them and wait until they have let go."""
        self._stopping = True
        self._found.clear()
        running = [*self._running.values()]
        try:
            if running and patience:
                await asyncio.wait(running, timeout=patience)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            self._stopping = False
