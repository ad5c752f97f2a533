"""The inbox: each event has its effect once, in order, whatever the bus does.

A consumer subscribes to all events of a noun, so it receives every event of a subject, numbered 1, 2, 3 and so on. A
row in the table `inbox` stores the last number of each consumer and subject. The row advances in the transaction that
does the work. An event with a number up to the stored one is a duplicate. The event with the next number is handled. An
event with a higher number waits for the missing ones. An event that cannot be handled now is parked in a table of its
own, and later events of its subject wait behind it:

    bytes that are no event, an unknown version, a rule that refuses   dead at once: a person replays or discards
    an event that this one needs has not arrived, a defect of ours     tried again as `RETRY_DELAYS` says, then dead
    a gap in the numbers                                               waits until the missing number is handled
    the database cannot be reached                                     the whole batch stays with the bus

If no handler needs an event, only the number advances. If `patience` is above 0, this number is stored later, with the
subject's next effect or together with other subjects. Until then the bus keeps the event unacknowledged.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, cast

import structlog
from sqlalchemy import bindparam, select

from shared.contracts.envelope import Envelope, Event, Origin, Unreadable
from shared.database.database import Database
from shared.database.reader import Row
from shared.database.retrying import FilledUnitOfWork, attempt
from shared.database.unit_of_work.transactions import UnitOfWorkFactory
from shared.database.work import Claim, Outcome, Work
from shared.kernel.errors import NotYet, Unavailable
from shared.messaging import parking
from shared.messaging.bus import PendingAcks, QueueState, Subscription
from shared.messaging.dead_letters import DeadLetters
from shared.messaging.parking import Parking
from shared.messaging.queue_losses import QueueLosses
from shared.messaging.retry_delays import ParkingReason, reason_of
from shared.messaging.subject_progress import Key, SubjectProgress
from shared.runtime.clock import Clock
from shared.runtime.loops import Heartbeat, wait_for

log = structlog.get_logger(__name__)

U = TypeVar("U", bound=FilledUnitOfWork)
T = TypeVar("T")

HANDLER_SECONDS: Final = 60.0
SOON: Final = (0.005, 0.01, 0.02, 0.04)
"""Delays in seconds before the event is parked, for a fact that most likely arrives at once."""
CATCH_UP_SECONDS: Final = 1.0
TOGETHER: Final = 100
"""How many subjects one query looks up."""


@dataclass(frozen=True, slots=True)
class Consumer(Generic[U]):
    """One queue: the nouns it follows, and the handler of each event that has an effect."""

    name: str
    nouns: tuple[str, ...]
    handlers: Mapping[type[Event], Callable[[Any, U], Awaitable[None]]]


class Inbox(Generic[U]):
    """Handles events for the consumers of one service.

    `patience` is the bus's: for how many seconds events that have no effect may stay unacknowledged.
    """

    def __init__(
        self,
        database: Database,
        units: UnitOfWorkFactory[U],
        consumers: Sequence[Consumer[U]],
        clock: Clock,
        patience: float = 0.0,
    ) -> None:
        self._database = database
        self._units = units
        self._consumers = {consumer.name: consumer for consumer in consumers}
        self._contracts = {c.name: {kind.routing_key(): kind for kind in c.handlers} for c in consumers}
        self._patience = patience
        self.parking = Parking(database, self._consumers, clock)
        self.queues = QueueLosses(database, clock)
        self.letters = DeadLetters(database, clock, self.handle)
        self.progress = SubjectProgress()
        columns = database.tables.inbox.c
        self._numbers = select(columns.subject, columns.sequence).where(
            columns.consumer == bindparam("consumer"),
            columns.subject.in_([bindparam(f"s{n}") for n in range(TOGETHER)]),
        )
        self.handled = 0

    @property
    def names(self) -> frozenset[str]:
        """The names of the consumers."""
        return frozenset(self._consumers)

    def subscriptions(self) -> Sequence[Subscription]:
        """What to register at the bus."""

        def of(consumer: Consumer[U]) -> Subscription:
            async def handle(bodies: Sequence[bytes]) -> PendingAcks:
                return await self.handle(consumer.name, bodies)

            async def keep_dead_letter(body: bytes, reason: str) -> None:
                await self.keep_dead_letter(consumer.name, body, reason)

            async def note_queue(state: QueueState) -> None:
                await self.queues.note(consumer.name, state)

            return Subscription(consumer.name, consumer.nouns, handle, keep_dead_letter, note_queue)

        return [of(consumer) for consumer in self._consumers.values()]

    async def handle(self, consumer: str, bodies: Sequence[bytes]) -> PendingAcks:
        """Handle a batch: different subjects concurrently, the events of one subject one after the other."""
        subjects: dict[str, list[Envelope]] = defaultdict(list)
        for body in bodies:
            try:
                envelope = Envelope.decode(body)
            except Unreadable as unreadable:
                await self.parking.keep_unreadable(consumer, body, reason_of(unreadable))
            else:
                subjects[envelope.subject].append(envelope)
        pending = await _all(self._handle_subject(consumer, envelopes) for envelopes in subjects.values())
        return [ack for ack in pending if ack is not None]

    async def keep_dead_letter(self, consumer: str, body: bytes, reason: str) -> None:
        """Keep a message that crashed its consumer as a dead letter."""
        try:
            envelope = Envelope.decode(body)
        except Unreadable as unreadable:
            await self.parking.keep_unreadable(consumer, body, reason_of(unreadable))
        else:
            await self.parking.park(consumer, envelope, ParkingReason("crash", reason))

    async def sweep(self, heartbeat: Heartbeat) -> None:
        """Try parked events again when they are due, without end."""
        while True:
            heartbeat.beat()
            rows = await self.parking.due()
            await self.try_again(rows)
            if len(rows) < parking.SWEEP_BATCH:
                await wait_for(self.parking.new_rows, self.parking.seconds_until_due())

    async def catch_up(self, heartbeat: Heartbeat) -> None:
        """Write progress that was left for later, for many subjects at once, without end."""
        while True:
            heartbeat.beat()
            await wait_for(self.progress.has_unwritten, CATCH_UP_SECONDS)
            if self.progress.any_unwritten():
                await asyncio.sleep(self._patience)
                await self.write_progress()

    async def write_progress(self) -> None:
        """Write progress that was left for later. What fails is left for the next time, and raised."""
        keys = self.progress.take_unwritten()
        try:
            await _all(self._write_progress_of(key) for key in keys)
        except BaseException:
            self.progress.give_back(keys)
            raise

    async def _write_progress_of(self, key: Key) -> None:
        async with self.progress.lock(key):
            progress = self.progress.get(key)
            if progress is not None:
                await self._store(*key, progress.stored, progress.done)

    async def try_again(self, rows: Sequence[Row]) -> None:
        """Handle parked events again; those of one subject and consumer in order."""
        by_subject: dict[tuple[str, str], dict[str, Envelope]] = defaultdict(dict)
        for row in rows:
            try:
                by_subject[row["consumer"], row["subject"]][row["id"]] = Envelope.decode(row["body"])
            except Unreadable as unreadable:
                await self.parking.mark_damaged(row, unreadable)
        await _all(
            self._handle_subject(consumer, [*events.values()], events) for (consumer, _), events in by_subject.items()
        )

    async def _handle_subject(
        self, name: str, envelopes: Sequence[Envelope], parked: Mapping[str, Envelope] | None = None
    ) -> asyncio.Future[None] | None:
        """Handle the events of one subject in order. The future, if any, completes when their number is written."""
        subject = envelopes[0].subject
        ordered = sorted(envelopes, key=lambda envelope: envelope.sequence)
        async with self.progress.lock((name, subject)):
            stored, done = await self._known_progress(name, subject, ordered[0].sequence)
            for envelope in ordered:
                was_parked = parked is not None and envelope.id in parked
                # Before this is called a gap: store what is done, read the table again, skip what a person discarded.
                if envelope.sequence > done + 1:
                    await self._store(name, subject, stored, done)
                    stored = max(done, await self.last_handled(name, subject))
                    done = await self.letters.passed(name, subject, stored)
                if envelope.sequence <= done:
                    if was_parked:
                        removal = self.parking.removal(name, envelope.id)
                        await self._database.committer.commit(Work(writes=[removal]))
                    continue
                if envelope.sequence > done + 1:
                    await self._park_behind(name, [envelope], done + 1)
                    continue
                done = envelope.sequence
                if self._has_effect(name, envelope) or was_parked:
                    obstacle, stored = await self._handle_one(name, envelope, stored, was_parked=was_parked)
                    if obstacle is not None:
                        await self.parking.park(name, envelope, obstacle)
                        later = [each for each in ordered if each.sequence > envelope.sequence]
                        await self._park_behind(name, later, envelope.sequence)
                        done = max(stored, envelope.sequence - 1)
                        break
                    done = max(done, stored)
            if done > stored and self._patience:
                return self.progress.write_later((name, subject), stored, done)
            await self._store(name, subject, stored, done)
            return None

    async def _handle_one(
        self, name: str, envelope: Envelope, stored: int, *, was_parked: bool
    ) -> tuple[ParkingReason | None, int]:
        """Apply the next event. Returns the reason for parking it, or None, and the last number in the table.

        `stored` is the number that this process knows. Another process may have advanced the table: then the event is
        a duplicate, or it is applied again from the number in the table.
        """
        while True:
            result = await self._apply(
                name, envelope, Claim(name, envelope.subject, stored, envelope.sequence), was_parked=was_parked
            )
            if result is Outcome.COMMITTED:
                return None, envelope.sequence
            actual = await self.last_handled(name, envelope.subject)
            if actual >= envelope.sequence:
                return None, actual
            if actual == stored:
                lost = ParkingReason("stale", "the claim was lost")
                return result if isinstance(result, ParkingReason) else lost, stored
            stored = actual

    async def _store(self, name: str, subject: str, stored: int, done: int) -> None:
        """Store `done` as the last number, because the events up to it have no effect, and remember the progress."""
        while done > stored:
            claim = Work(claim=Claim(name, subject, stored, done))
            if await self._database.committer.commit(claim) is Outcome.COMMITTED:
                break
            stored = await self.last_handled(name, subject)
        self.progress.record((name, subject), max(stored, done), done)

    async def _park_behind(self, name: str, envelopes: Sequence[Envelope], missing: int) -> None:
        """Park events that wait for the number `missing` of their subject."""
        for envelope in envelopes:
            await self.parking.park(
                name, envelope, ParkingReason("gap", f"waits for number {missing} of {envelope.subject}")
            )

    async def _known_progress(self, consumer: str, subject: str, first: int) -> tuple[int, int]:
        """The numbers `stored` and `done`, as far as this process knows.

        The claim in the transaction finds out when they are wrong. The first event of a subject needs no look-up. A
        subject in memory needs none either, because each queue has one active reader. For a repeated event the table
        is read. Numbers that are done and not stored yet are no gap.
        """
        known = self.progress.get((consumer, subject))
        if known is not None and known.done < first:
            return known.stored, known.done
        handled = 0 if first == 1 and known is None else await self.last_handled(consumer, subject)
        return handled, handled if known is None or handled < known.stored else max(handled, known.done)

    async def last_handled(self, consumer: str, subject: str) -> int:
        """The last number in the table; 0 before the first."""
        rows = await self._database.reader.load(self._database.tables.inbox, "subject", subject)
        return next((row["sequence"] for row in rows if row["consumer"] == consumer), 0)

    async def behind(self, consumer: str, numbers: Mapping[str, int]) -> Mapping[str, int]:
        """Of these subjects with the number of a sent event, those of which the event after the last one is not here.

        The value is the last number that was handled or discarded. An event that is parked here is not lost.
        """
        subjects = list(numbers)
        handled: dict[str, int] = {}
        for first in range(0, len(subjects), TOGETHER):
            some = subjects[first : first + TOGETHER]
            keys = {f"s{n}": some[min(n, len(some) - 1)] for n in range(TOGETHER)}
            rows = await self._database.reader.rows(self._numbers, consumer=consumer, **keys)
            handled |= {row["subject"]: row["sequence"] for row in rows}
        late = {subject: handled.get(subject, 0) for subject in subjects if handled.get(subject, 0) < numbers[subject]}
        found = await asyncio.gather(
            *(self._lacking(consumer, subject, done, numbers[subject]) for subject, done in late.items())
        )
        return {subject: done for subject, done in zip(late, found, strict=True) if done is not None}

    async def _lacking(self, consumer: str, subject: str, done: int, number: int) -> int | None:
        done = await self.letters.passed(consumer, subject, done)
        if done >= number or await self.parking.holds(consumer, subject, done + 1):
            return None
        return done

    def _has_effect(self, name: str, envelope: Envelope) -> bool:
        """Whether this consumer handles the event, or handles another version of its type."""
        contracts = self._contracts[name]
        stem = envelope.type.rpartition(".v")[0]
        return envelope.type in contracts or any(key.rpartition(".v")[0] == stem for key in contracts)

    async def _apply(self, name: str, envelope: Envelope, claim: Claim, *, was_parked: bool) -> ParkingReason | Outcome:
        """Claim and effect in one transaction: its outcome, or why the handler failed."""
        contract = self._contracts[name].get(envelope.type)
        consumer = self._consumers[name]

        def complete(work: Work, _: None) -> None:
            work.claim = claim
            if was_parked:
                work.writes.append(self.parking.removal(name, envelope.id))

        async def run_handler(unit: U) -> None:
            if contract is not None:
                await consumer.handlers[contract](envelope.read(contract), unit)

        origin = Origin(
            f"service:{name.partition('.')[0]}",
            envelope.correlationid,
            envelope.id,
            envelope.traceparent,
            envelope.time,
        )
        try:
            if contract is None and self._has_effect(name, envelope):
                return ParkingReason("unknown_version", f"{envelope.type} is not a version this consumer knows")
            async with asyncio.timeout(HANDLER_SECONDS):
                outcome = await self._attempt(origin, run_handler, complete, () if was_parked else SOON)
        except Unavailable:
            raise
        except Exception as error:
            reason = reason_of(error)
            if reason.reason == "defect":
                log.exception("event_failed", consumer=name, event_id=envelope.id, type=envelope.type)
            return reason
        self.handled += outcome is Outcome.COMMITTED
        return outcome

    async def _attempt(
        self,
        origin: Origin,
        handle: Callable[[U], Awaitable[None]],
        complete: Callable[[Work, None], None],
        delays: Sequence[float],
    ) -> Outcome:
        """Run the handler. While a fact is missing, wait shortly and run it again, before the event is parked."""
        for delay in delays:
            try:
                return (await attempt(lambda: self._units.begin(origin), handle, self._database.committer, complete))[0]
            except NotYet:
                await asyncio.sleep(delay)
        return (await attempt(lambda: self._units.begin(origin), handle, self._database.committer, complete))[0]


async def _all(by_subject: Iterable[Awaitable[T]]) -> list[T]:
    """Run every chain to its end, then raise the first error, if any. No chain is cancelled by another's error."""
    results = await asyncio.gather(*by_subject, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return cast("list[T]", results)
