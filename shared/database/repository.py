"""Aggregates by id: loaded once per unit of work, saved when they have recorded events, their events in the outbox."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from shared.contracts.envelope import BODY_LIMIT, Envelope, Event, Origin
from shared.database.reader import Reader
from shared.database.work import OutboxRow, Root, Work, Write
from shared.kernel.aggregate import Aggregate
from shared.kernel.errors import NotFound, Refused, Said
from shared.runtime.clock import Clock, NewId

A = TypeVar("A", bound=Aggregate)

PLACES: Final = 500
PATIENCE_SECONDS: Final = 0.25
"""How long a unit of work waits for an aggregate that another one holds; two that wait for each other give up."""


class EventTooLarge(Refused):
    """No service could read the event, so the change that it tells is refused, and nothing is changed (Z13)."""

    code = "event_too_large"
    title = Said("Too much for one step", "单次操作内容过多")
    detail = Said(
        "The event {event} would have {size} bytes; {most} are possible. Do it in several smaller steps.",
        "事件 {event} 将有 {size} 字节，上限为 {most} 字节。请分多次办理。",
    )


class Mapper(Protocol[A]):
    """Maps one kind of aggregate to its tables."""

    thing: str
    """The name of the aggregate in a `NotFound`."""

    async def load(self, reader: Reader, key: str) -> A | None:
        """The aggregate with this id, with the version it has now."""
        ...

    def save(self, aggregate: A) -> tuple[Root, Sequence[Write]]:
        """The aggregate's own row, which expects the loaded version, and the rows that belong to the aggregate.

        `aggregate.version` is still the loaded version; the row's `version` is one more.
        """
        ...


class AggregateCache(Generic[A]):
    """Aggregates as this process has just committed them, for the next unit of work that needs them.

    One unit of work at a time holds an aggregate. Another waits a moment for the commit, because an aggregate that is
    loaded now would be stale. A copy that another process has overtaken does no harm: a saved aggregate is compared by
    version, and `attempt` repeats a use case whose other results depend on a copy. `settle` tells an aggregate that its
    changes are saved.
    """

    def __init__(self, settle: Callable[[A], None] = lambda _: None, places: int = PLACES) -> None:
        self._settle = settle
        self._places = places
        self._kept: dict[str, A] = {}
        self._held_now: dict[str, asyncio.Event] = {}

    async def hold(self, key: str) -> bool:
        """Wait until no other unit of work holds the aggregate, but not for ever; whether the caller holds it now."""
        if key in self._held_now:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while (other := self._held_now.get(key)) is not None:
                        await other.wait()
            except TimeoutError:
                return False
        self._held_now[key] = asyncio.Event()
        return True

    def release(self, key: str) -> None:
        """Let the next unit of work hold the aggregate."""
        self._held_now.pop(key).set()

    def take(self, key: str) -> A | None:
        """Remove the newest copy and return it, if there is one."""
        return self._kept.pop(key, None)

    def put(self, aggregate: A) -> None:
        """Keep an aggregate that was committed or read; the one that was unused for longest makes room."""
        if aggregate.events:
            self._settle(aggregate)
            aggregate.events.clear()
            aggregate.version += 1
        other = self._kept.pop(aggregate.id, aggregate)
        self._kept[aggregate.id] = max(other, aggregate, key=lambda each: each.version)
        if len(self._kept) > self._places:
            del self._kept[next(iter(self._kept))]


class Repository(Generic[A]):
    """The aggregates of one kind in one unit of work; `cache` is a cache of those that are saved often."""

    def __init__(self, reader: Reader, mapper: Mapper[A], cache: AggregateCache[A] | None = None) -> None:
        self._reader = reader
        self._mapper = mapper
        self._cache = cache
        self._seen: dict[str, A] = {}
        self._copies: set[str] = set()
        self._held: set[str] = set()

    @property
    def seen(self) -> Iterable[A]:
        """The aggregates that were loaded or added."""
        return self._seen.values()

    @property
    def copied(self) -> bool:
        """Whether an aggregate came from the cache."""
        return bool(self._copies)

    @property
    def unsure(self) -> bool:
        """Whether an aggregate came from the cache and will not be saved, so that nothing compares its version."""
        return any(not self._seen[key].events for key in self._copies)

    async def find(self, key: str) -> A | None:
        """The aggregate, or None."""
        if key not in self._seen and (found := await self._copy(key)) is not None:
            self._seen.setdefault(key, found)
        return await self.read(key)

    async def read(self, key: str) -> A | None:
        """The aggregate as the database has it now, for use cases that look at it and seldom save it."""
        if key not in self._seen:
            found = await self._mapper.load(self._reader, key)
            if found is None:
                return None
            self._seen.setdefault(key, found)
        return self._seen[key]

    async def _copy(self, key: str) -> A | None:
        if self._cache is None:
            return None
        if key not in self._held and await self._cache.hold(key):
            self._held.add(key)
        found = self._cache.take(key)
        if found is not None:
            self._copies.add(key)
        return found

    def settle(self) -> None:
        """The unit of work is committed: the cache keeps its aggregates for the next one."""
        if self._cache is not None:
            for aggregate in self._seen.values():
                self._cache.put(aggregate)

    def release(self) -> None:
        """The unit of work is over, however it ended."""
        if self._cache is not None:
            for key in self._held:
                self._cache.release(key)
        self._held.clear()

    async def get(self, key: str) -> A:
        """The aggregate; `NotFound` when there is none."""
        found = await self.find(key)
        if found is None:
            raise NotFound(self._mapper.thing)
        return found

    def add(self, aggregate: A) -> None:
        """A new aggregate."""
        self._seen[aggregate.id] = aggregate

    def changed(self) -> Iterable[tuple[A, Callable[[A], tuple[Root, Sequence[Write]]]]]:
        """The aggregates that have recorded events, each with the function that saves it."""
        return [(aggregate, self._mapper.save) for aggregate in self._seen.values() if aggregate.events]


@dataclass(frozen=True, slots=True)
class Published:
    """A domain event as others are told, and the return it belongs to."""

    event: Event
    correlation: str


Publish = Callable[[Any, Any], Published | None]
"""`publish(aggregate, domain_event)`: what others are told, or None when it is kept inside."""


@dataclass(frozen=True, slots=True)
class OutboxWriter:
    """Turns domain events into outbox rows, by the service's name and its publishing table."""

    source: str
    publish: Publish
    clock: Clock
    new_id: NewId

    def collect(self, work: Work, origin: Origin, repositories: Iterable[Repository[Any]]) -> Work:
        """Add the rows of changed aggregates, and their events in the order they happened, numbered without a gap."""
        for repository in repositories:
            for aggregate, save in repository.changed():
                for event in aggregate.events:
                    work.outbox += self._row(aggregate, event, origin)
                root, writes = save(aggregate)
                work.roots.append(root)
                work.writes += writes
        return work

    def _row(self, aggregate: Aggregate, event: object, origin: Origin) -> list[OutboxRow]:
        published = self.publish(aggregate, event)
        if published is None:
            return []
        aggregate.sequence += 1
        envelope = Envelope(
            id=self.new_id("evt"),
            type=published.event.routing_key(),
            source=f"/retour/{self.source}",
            subject=aggregate.id,
            time=self.clock(),
            sequence=aggregate.sequence,
            correlationid=published.correlation,
            causationid=origin.causation,
            traceparent=origin.traceparent,
            actor=origin.actor,
            data=published.event.model_dump(mode="json"),
        )
        body = envelope.encode()
        if len(body) > BODY_LIMIT // 4 and (size := len(body.encode())) > BODY_LIMIT:
            raise EventTooLarge(event=envelope.type, size=size, most=BODY_LIMIT)
        return [OutboxRow(envelope.id, envelope.type, envelope.subject, envelope.sequence, body)]
