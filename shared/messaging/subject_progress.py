"""How far each consumer has come with each subject, as far as this process knows.

The inbox table and the claim in a transaction decide; this memory only saves look-ups.
"""

import asyncio
from collections.abc import AsyncIterator, Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

Key = tuple[str, str]
"""A consumer's name and a subject."""

REMEMBERED: Final = 20_000
"""Most subjects in memory. One more, and all are forgotten except those with an open acknowledgement."""


@dataclass(slots=True)
class Progress:
    """`stored` is the last number in the table, `done` the last number that needs no further work: `done` >= `stored`.

    `waiting` are open acknowledgements: each is completed when the table has its number.
    """

    stored: int
    done: int
    waiting: list[tuple[int, asyncio.Future[None]]] | None = None

    def acknowledge(self) -> None:
        """Complete the acknowledgements whose number is now in the table."""
        if self.waiting is not None:
            for number, noted in self.waiting:
                if number <= self.stored and not noted.done():
                    noted.set_result(None)
            self.waiting = [(number, noted) for number, noted in self.waiting if number > self.stored] or None


class SubjectProgress:
    """The progress of many subjects, and which of them are not yet written to the table."""

    def __init__(self) -> None:
        self._known: dict[Key, Progress] = {}
        self._locked: dict[Key, asyncio.Event] = {}
        self._unwritten: set[Key] = set()
        self.has_unwritten = asyncio.Event()
        """Set when a subject's progress is to be written later."""

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: Key) -> Progress | None:
        """The progress, where this process has it in memory."""
        return self._known.get(key)

    def forget(self) -> None:
        """Forget all progress, as a restart does."""
        self._known.clear()

    def record(self, key: Key, stored: int, done: int) -> Progress:
        """Remember how far a consumer has come, and complete what waited for it."""
        progress = self._known.get(key)
        if progress is None:
            if len(self._known) >= REMEMBERED:
                self._known = {other: each for other, each in self._known.items() if each.waiting}
            progress = self._known[key] = Progress(stored, done)
        progress.stored, progress.done = stored, max(stored, done, progress.done)
        progress.acknowledge()
        return progress

    def write_later(self, key: Key, stored: int, done: int) -> asyncio.Future[None]:
        """Remember progress that is written together with something else; the future completes once it is."""
        noted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        progress = self.record(key, stored, done)
        progress.waiting = [*(progress.waiting or ()), (done, noted)]
        self._unwritten.add(key)
        self.has_unwritten.set()
        return noted

    def take_unwritten(self) -> AbstractSet[Key]:
        """Subjects to write now. Subjects that are locked stay for the next time."""
        keys, self._unwritten = self._unwritten - self._locked.keys(), self._unwritten & self._locked.keys()
        return keys

    def give_back(self, keys: AbstractSet[Key]) -> None:
        """Writing some of these failed: those with an open acknowledgement are written the next time."""
        self._unwritten |= {key for key in keys if (known := self._known.get(key)) and known.waiting}

    def any_unwritten(self) -> bool:
        """Whether progress is to be written."""
        return bool(self._unwritten)

    @asynccontextmanager
    async def lock(self, key: Key) -> AsyncIterator[None]:
        """Only one task at a time works on a subject."""
        while (other := self._locked.get(key)) is not None:
            await other.wait()
        self._locked[key] = asyncio.Event()
        try:
            yield
        finally:
            self._locked.pop(key).set()
