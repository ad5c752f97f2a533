"""What jobs and use cases stand on without a database: aggregates in a dictionary, and a committer that says yes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from shared.database.work import Outcome, Work
from shared.kernel.aggregate import Aggregate
from shared.kernel.errors import NotFound, RetourError, Unavailable

A = TypeVar("A", bound=Aggregate)


@dataclass
class Kept(Generic[A]):
    """Aggregates by id. `refusals` says what is raised for one of them in place of it."""

    known: dict[str, A] = field(default_factory=dict)
    refusals: dict[str, RetourError] = field(default_factory=dict)

    async def find(self, key: str) -> A | None:
        if key in self.refusals:
            raise self.refusals[key]
        return self.known.get(key)

    async def read(self, key: str) -> A | None:
        return await self.find(key)

    async def get(self, key: str) -> A:
        found = await self.find(key)
        if found is None:
            raise NotFound("aggregate")
        return found

    def add(self, aggregate: A) -> None:
        self.known[aggregate.id] = aggregate


@dataclass
class Committer:
    """Commits nothing and says so of everything; the database is away for the first `outages` commits."""

    outages: int = 0
    committed: int = 0

    async def commit(self, work: Work) -> Outcome:
        if self.outages:
            self.outages -= 1
            raise Unavailable("database")
        self.committed += 1
        return Outcome.COMMITTED


@dataclass
class Losing:
    """In place of a committer's `commit`. The first answer about `table` is lost; `done`: after its commit."""

    commit: Callable[[Work], Awaitable[Outcome]]
    table: str
    done: bool
    lost: int = 0

    async def __call__(self, work: Work) -> Outcome:
        if self.lost or self.table not in work.tables():
            return await self.commit(work)
        self.lost += 1
        if self.done:
            await self.commit(work)
        raise Unavailable("database")
