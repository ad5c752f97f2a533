"""The group committer: what is waiting becomes one transaction, and everybody gets an answer of his own.

A lone caller waits for nobody: while one transaction is being committed the next one gathers. Only when the last batch
was a crowd does the committer take a breath before the next, so that under load transactions grow instead of multiply.
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
BREATH_SECONDS: Final = 0.003
RIDE_SECONDS: Final = 0.05
"""How long a rider waits for company."""
WAITING_LIMIT: Final = 20_000

CommitResult = Outcome | RetourError


class Writer(Protocol):
    """Writes a batch in one transaction as far as it can; one verdict per unit of work, in order, never an exception
    for one that belongs to another.
    """

    async def write(self, works: Sequence[Work]) -> Sequence[CommitResult]: ...


class Committer:
    """A queue in front of a `Writer`. `run` is its loop; `commit` may be called from anywhere in the process."""

    def __init__(self, writer: Writer, signals: TableSignals) -> None:
        self._writer = writer
        self._signals = signals
        self._queue: deque[tuple[Work, asyncio.Future[Outcome]]] = deque()
        self._riders: list[tuple[Work, asyncio.Future[Outcome]]] = []
        self._wake = asyncio.Event()
        self._crowd = False
        self.batches = 0
        self.committed = 0

    async def commit(self, work: Work) -> Outcome:
        """See `GroupCommitter.commit`. A caller that is cancelled while it waits does not take its work back."""
        if work.empty:
            return Outcome.COMMITTED
        if len(self._queue) >= WAITING_LIMIT:
            raise Unavailable("database")
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._queue.append((work, answer))
        self._wake.set()
        return await answer

    def ride(self, work: Work) -> asyncio.Future[Outcome]:
        """Commit this with the next batch, or by itself after a moment: for what nobody waits for."""
        loop = asyncio.get_running_loop()
        if not self._riders:
            loop.call_later(RIDE_SECONDS, self._board)
        answer: asyncio.Future[Outcome] = loop.create_future()
        self._riders.append((work, answer))
        return answer

    async def run(self, heartbeat: Heartbeat) -> None:
        """Commit for ever."""
        while True:
            heartbeat.beat()
            if not self._queue:
                await wait_for(self._wake, POLL_SECONDS)
                continue
            if self._crowd:
                await asyncio.sleep(BREATH_SECONDS)
            batch = self._take()
            self._crowd = len(batch) > 1
            await _to_its_end(asyncio.create_task(self._commit(batch)))

    async def drain(self) -> None:
        """Commit what is still waiting: the last thing before a graceful stop."""
        self._board()
        while self._queue:
            await self._commit(self._take())

    def _board(self) -> None:
        self._queue.extend(self._riders)
        self._riders.clear()
        if self._queue:
            self._wake.set()

    def _take(self) -> list[tuple[Work, asyncio.Future[Outcome]]]:
        """The next batch: at most one unit of work per aggregate, claim and key; the others wait for the next one."""
        self._board()
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
    """A batch that has begun is finished, also when the loop is told to stop in the middle of it."""
    try:
        await asyncio.shield(batch)
    except asyncio.CancelledError:
        await asyncio.wait([batch])
        raise
