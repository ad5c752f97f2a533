"""The group committer: units of work that wait at the same time share one transaction, and each gets its own result.

A single caller does not wait for others: while one transaction is committed, the next batch collects. After a batch of
several units the committer pauses shortly. Under load transactions so become larger, not more.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final, Protocol

from shared.database.table_signals import TableSignals
from shared.database.work import Outcome, Work
from shared.kernel.errors import RetourError, Unavailable
from shared.runtime.loops import Heartbeat, wait_for

BATCH: Final = 200
POLL_SECONDS: Final = 1.0
PAUSE_SECONDS: Final = 0.003
PIGGY_BACK_SECONDS: Final = 0.05
"""How long piggy-backed work waits for another commit."""
WAITING_LIMIT: Final = 20_000

CommitResult = Outcome | RetourError


class Writer(Protocol):
    """Writes a batch in one transaction as far as possible.

    Returns one result per unit of work, in order. An error of one unit is never raised for another.
    """

    async def write(self, works: Sequence[Work]) -> Sequence[CommitResult]: ...


class Committer:
    """A queue in front of a `Writer`. `run` is its loop; `commit` may be called from anywhere in the process."""

    def __init__(self, writer: Writer, signals: TableSignals) -> None:
        self._writer = writer
        self._signals = signals
        self._queue: deque[tuple[Work, asyncio.Future[Outcome]]] = deque()
        self._piggy_backed: list[tuple[Work, asyncio.Future[Outcome]]] = []
        self._wake = asyncio.Event()
        self._last_was_shared = False
        self.batches = 0
        self.committed = 0

    async def commit(self, work: Work) -> Outcome:
        """A caller that is cancelled while it waits does not withdraw its work."""
        if work.empty:
            return Outcome.COMMITTED
        if len(self._queue) >= WAITING_LIMIT:
            raise Unavailable("database")
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._queue.append((work, answer))
        self._wake.set()
        return await answer

    def piggy_back(self, work: Work) -> asyncio.Future[Outcome]:
        """Commit this with the next batch, or alone after a short time: for work that no caller waits for."""
        loop = asyncio.get_running_loop()
        if not self._piggy_backed:
            loop.call_later(PIGGY_BACK_SECONDS, self._add_piggy_backed)
        answer: asyncio.Future[Outcome] = loop.create_future()
        self._piggy_backed.append((work, answer))
        return answer

    async def run(self, heartbeat: Heartbeat) -> None:
        """Commit without end."""
        while True:
            heartbeat.beat()
            if not self._queue:
                await wait_for(self._wake, POLL_SECONDS)
                continue
            if self._last_was_shared:
                await asyncio.sleep(PAUSE_SECONDS)
            batch = self._take()
            self._last_was_shared = len(batch) > 1
            await _to_its_end(asyncio.create_task(self._commit(batch)))

    async def drain(self) -> None:
        """Commit what still waits, as the last step of a graceful stop."""
        self._add_piggy_backed()
        while self._queue:
            await self._commit(self._take())

    def _add_piggy_backed(self) -> None:
        self._queue.extend(self._piggy_backed)
        self._piggy_backed.clear()
        if self._queue:
            self._wake.set()

    def _take(self) -> list[tuple[Work, asyncio.Future[Outcome]]]:
        """The next batch: at most one unit of work per aggregate, claim and key; others stay for the batch after it."""
        self._add_piggy_backed()
        batch: list[tuple[Work, asyncio.Future[Outcome]]] = []
        locked: set[tuple[str, ...]] = set()
        later: list[tuple[Work, asyncio.Future[Outcome]]] = []
        while self._queue and len(batch) < BATCH:
            item = self._queue.popleft()
            wanted = item[0].locks()
            if locked.isdisjoint(wanted):
                batch.append(item)
            else:
                later.append(item)
            locked |= wanted
        self._queue.extendleft(reversed(later))
        return batch

    async def _commit(self, batch: list[tuple[Work, asyncio.Future[Outcome]]]) -> None:
        try:
            verdicts = await self._writer.write([work for work, _ in batch])
        except BaseException:
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(Unavailable("database"))
            raise
        self.batches += 1
        changed: set[str] = set()
        for (work, answer), verdict in zip(batch, verdicts, strict=True):
            if verdict is Outcome.COMMITTED:
                self.committed += 1
                changed |= work.tables()
            if answer.done():
                continue
            if isinstance(verdict, Outcome):
                answer.set_result(verdict)
            else:
                answer.set_exception(verdict)
        self._signals.changed(changed)


async def _to_its_end(batch: asyncio.Task[None]) -> None:
    """Finish a batch that has begun, even when the loop is cancelled in the middle."""
    try:
        await asyncio.shield(batch)
    except asyncio.CancelledError:
        await asyncio.wait([batch])
        raise
