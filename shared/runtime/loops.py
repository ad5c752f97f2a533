"""Loops that must not die unseen: each is restarted with a growing delay, and says so.

A loop may end in three ways: the loop is asked to stop, its work raises, or a library raises CancelledError although
nobody cancelled the task (aio-pika does so when a confirm never comes). Only the first way ends the loop for good. An
outage (`Unavailable`) is logged as a warning in one line for each try. Any other error is a defect, and it is logged
with its traceback.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from shared.kernel.errors import Unavailable

log = structlog.get_logger(__name__)

FIRST_DELAY: Final = 0.1
LONGEST_DELAY: Final = 10.0
LONGEST_OUTAGE_DELAY: Final = 2.0
"""Longest delay in seconds while a server is away: a try costs little, and everybody waits for it to be there again."""
STALE_AFTER: Final = 15.0
SOUND_SECONDS: Final = 5.0
"""How much longer than a failed try the next one must go on before the loop counts as sound again."""
PAUSE_STEP: Final = 5.0
"""Longest sleep in seconds without a beat."""
LONG_ENOUGH: Final = 60.0
"""A try that has lasted this long need not be outlived."""

Work = Callable[["Heartbeat"], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Heartbeat:
    """A loop's pulse. `beat()` once a round; a pulse older than its limit means the loop hangs."""

    name: str
    stale_after: float = STALE_AFTER
    last_beat: float = field(default_factory=time.monotonic)
    rounds: int = 0
    restarts: int = 0
    last_error: str | None = None
    begun: float | None = None
    """When the present try began; None between two tries."""
    failed_after: float | None = None
    """How many seconds the try that failed last had lasted; None when none has failed."""
    in_a_row: int = 0
    """How many tries have failed of which none has outlived the one before."""

    def beat(self) -> None:
        """Tell that the loop is alive."""
        self.last_beat = time.monotonic()
        self.rounds += 1

    @property
    def age(self) -> float:
        """Seconds since the last beat."""
        return time.monotonic() - self.last_beat

    @property
    def alive(self) -> bool:
        """Whether the loop has been heard of within its limit."""
        return self.age < self.stale_after

    @property
    def failing(self) -> bool:
        """Whether it has failed and its present try is not sound yet: a few seconds are enough after one hiccup; after
        two in a row it has to outlive the one that failed, or a loop that fails every minute would look sound.
        """
        return self.failed_after is not None and not self._lasts(self.failed_after if self.in_a_row > 1 else 0.0)

    def _lasts(self, seconds: float) -> bool:
        return self.begun is not None and time.monotonic() - self.begun >= min(seconds, LONG_ENOUGH) + SOUND_SECONDS

    def begin(self) -> None:
        """A try begins."""
        self.begun = self.last_beat = time.monotonic()

    def fail(self, reason: str) -> float:
        """The present try has failed; how many seconds it had lasted."""
        lasted = time.monotonic() - (self.begun or self.last_beat)
        self.in_a_row = 1 if self.failed_after is None or self._lasts(self.failed_after) else self.in_a_row + 1
        self.begun, self.failed_after, self.last_error = None, lasted, reason
        self.restarts += 1
        return lasted


class Loops:
    """The supervised loops of one process. `sleep` waits so many seconds between two tries."""

    def __init__(self, sleep: Sleep = asyncio.sleep) -> None:
        self._sleep = sleep
        self.heartbeats: dict[str, Heartbeat] = {}
        self._work: dict[str, Work] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def add(self, name: str, work: Work, *, stale_after: float = STALE_AFTER) -> None:
        """Register a loop; `work` runs until cancelled and calls `heartbeat.beat()` at least once a round."""
        self.heartbeats[name] = Heartbeat(name=name, stale_after=stale_after)
        self._work[name] = work

    def keep_only(self, *names: str) -> None:
        """Forget every other loop: this process leaves them to another one."""
        for name in set(self._work) - set(names):
            del self._work[name], self.heartbeats[name]

    def start(self) -> None:
        """Start every registered loop."""
        for name, work in self._work.items():
            self._tasks.append(asyncio.create_task(self._supervise(self.heartbeats[name], work), name=name))

    async def stop(self) -> None:
        """Cancel every loop and wait until each has let go of what it held.

        The one that was added first carries the others (what they still note is committed through it): it goes last.
        """
        for tasks in (self._tasks[:0:-1], self._tasks[:1]):
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()

    @property
    def alive(self) -> bool:
        """Whether every loop is alive; liveness fails when one is not."""
        return all(heartbeat.alive for heartbeat in self.heartbeats.values()) and not any(t.done() for t in self._tasks)

    async def _supervise(self, heartbeat: Heartbeat, work: Work) -> None:
        delay = FIRST_DELAY
        while True:
            heartbeat.begin()
            outage: Unavailable | None = None
            try:
                await work(heartbeat)
                reason = "the loop returned"
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise
                reason = "CancelledError that nobody asked for"
            except Unavailable as error:
                reason, outage = f"{type(error).__name__}: {error}", error
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"
                log.exception("loop_failed", loop=heartbeat.name)
            if heartbeat.fail(reason) > LONGEST_DELAY:
                delay = FIRST_DELAY
            delay = min(delay, LONGEST_DELAY if outage is None else LONGEST_OUTAGE_DELAY)
            if outage is None:
                log.error("loop_restarts", loop=heartbeat.name, reason=reason, delay_s=delay)
            else:
                log.warning("loop_waits", loop=heartbeat.name, away=outage.whole, delay_s=delay)
            await self._sleep(delay)
            delay *= 2


async def pause(seconds: float, heartbeat: Heartbeat | None = None) -> None:
    """Sleep in short steps, with a beat before each step."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if heartbeat is not None:
            heartbeat.beat()
        await asyncio.sleep(min(left, PAUSE_STEP))


async def wait_for(signal: asyncio.Event, seconds: float) -> None:
    """Sleep until the signal is set or the time is over, and clear it: the wake-up and its safety net."""
    try:
        async with asyncio.timeout(seconds):
            await signal.wait()
    except TimeoutError:
        pass
    signal.clear()
