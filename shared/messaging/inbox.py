"""The inbox: each event has its effect once, in order, whatever the bus does.

A consumer follows whole nouns, so per subject it receives every sequence number. The last number handled is a row. The
row advances in the transaction that does the work. A number already passed is a duplicate; the next number is due; a
later number shows a gap and waits. What cannot be done now is parked in our own table with a counter and a growing
delay, and no event of the same subject overtakes it:

    bytes that are no event, a broken contract, a refusal by a rule    dead at once, a person replays or discards
    a fact that has not arrived yet, a defect of ours                  waits, tried again, dead after some attempts
    a gap                                                              waits until it is filled
    the database is not reachable                                      the whole batch stays with the bus

An event that no handler needs only advances the number. Where the bus allows a delay, that is written later, with the
subject's next effect or together with other subjects. Until then the bus keeps the event unacknowledged.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, cast

import structlog

from shared.contracts.envelope import Envelope, Event, Origin, Unreadable
from shared.database.database import Database
from shared.database.reader import Row
from shared.database.retrying import FilledUnitOfWork, attempt
from shared.database.unit_of_work.transactions import UnitOfWorkFactory
from shared.database.work import Claim, Outcome, Work
from shared.kernel.errors import NotYet, Unavailable
from shared.messaging import parking
from shared.messaging.bus import PendingAcks, Subscription
from shared.messaging.dead_letters import DeadLetters
from shared.messaging.parking import Parking
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
        self.letters = DeadLetters(database, clock, self.handle)
        self.progress = SubjectProgress()
        self.handled = 0

    def subscriptions(self) -> Sequence[Subscription]:
        """What to register at the bus."""

        def of(consumer: Consumer[U]) -> Subscription:
            async def handle(bodies: Sequence[bytes]) -> PendingAcks:
                return await self.handle(consumer.name, bodies)

            async def keep_dead_letter(body: bytes, reason: str) -> None:
                await self.keep_dead_letter(consumer.name, body, reason)

            return Subscription(consumer.name, consumer.nouns, handle, keep_dead_letter)

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
        pending = await _all(self._follow(consumer, envelopes) for envelopes in subjects.values())
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
                await self._pass_over(*key, progress.claimed, progress.passed)

    async def try_again(self, rows: Sequence[Row]) -> None:
        """Handle parked events again; those of one subject and consumer in order."""
        chains: dict[tuple[str, str], dict[str, Envelope]] = defaultdict(dict)
        for row in rows:
            try:
                chains[row["consumer"], row["subject"]][row["id"]] = Envelope.decode(row["body"])
            except Unreadable as unreadable:
                await self.parking.mark_damaged(row, unreadable)
        await _all(self._follow(consumer, [*chain.values()], chain) for (consumer, _), chain in chains.items())

    async def _follow(
        self, name: str, envelopes: Sequence[Envelope], parked: Mapping[str, Envelope] | None = None
    ) -> asyncio.Future[None] | None:
        """Handle the events of one subject in order. The future, if any, completes when their number is written."""
        subject = envelopes[0].subject
        ordered = sorted(envelopes, key=lambda envelope: envelope.sequence)
        async with self.progress.lock((name, subject)):
            claimed, passed = await self._believed(name, subject, ordered[0].sequence)
            for envelope in ordered:
                was_parked = parked is not None and envelope.id in parked
                if envelope.sequence > passed + 1:
                    await self._pass_over(name, subject, claimed, passed)
                    claimed = max(passed, await self.last_handled(name, subject))
                    passed = await self.letters.passed(name, subject, claimed)
                if envelope.sequence <= passed:
                    if was_parked:
                        removal = self.parking.removal(name, envelope.id)
                        await self._database.committer.commit(Work(writes=[removal]))
                    continue
                if envelope.sequence > passed + 1:
                    await self._park_behind(name, [envelope], passed + 1)
                    continue
                passed = envelope.sequence
                if self._has_effect(name, envelope) or was_parked:
                    obstacle, claimed = await self._handle_one(name, envelope, claimed, was_parked=was_parked)
                    if obstacle is not None:
                        await self.parking.park(name, envelope, obstacle)
                        later = [each for each in ordered if each.sequence > envelope.sequence]
                        await self._park_behind(name, later, envelope.sequence)
                        passed = max(claimed, envelope.sequence - 1)
                        break
                    passed = max(passed, claimed)
            if passed > claimed and self._patience:
                return self.progress.write_later((name, subject), claimed, passed)
            await self._pass_over(name, subject, claimed, passed)
            return None

    async def _handle_one(
        self, name: str, envelope: Envelope, claimed: int, *, was_parked: bool
    ) -> tuple[ParkingReason | None, int]:
        """Apply the event that is due; why it could not be applied, if so, and the last number handled.

        `claimed` is what this process believes. Where the table differs, the event is either a duplicate, or it is
        applied again from the number in the table.
        """
        while True:
            result = await self._apply(
                name, envelope, Claim(name, envelope.subject, claimed, envelope.sequence), was_parked=was_parked
            )
            if result is Outcome.COMMITTED:
                return None, envelope.sequence
            actual = await self.last_handled(name, envelope.subject)
            if actual >= envelope.sequence:
                return None, actual
            if actual == claimed:
                lost = ParkingReason("stale", "the claim was lost")
                return result if isinstance(result, ParkingReason) else lost, claimed
            claimed = actual

    async def _pass_over(self, name: str, subject: str, claimed: int, passed: int) -> None:
        """Write the number of events without effect, and remember the progress."""
        while passed > claimed:
            claim = Work(claim=Claim(name, subject, claimed, passed))
            if await self._database.committer.commit(claim) is Outcome.COMMITTED:
                break
            claimed = await self.last_handled(name, subject)
        self.progress.record((name, subject), max(claimed, passed), passed)

    async def _park_behind(self, name: str, envelopes: Sequence[Envelope], missing: int) -> None:
        """Park events that wait for the number `missing` of their subject."""
        for envelope in envelopes:
            await self.parking.park(
                name, envelope, ParkingReason("gap", f"waits for number {missing} of {envelope.subject}")
            )

    async def _believed(self, consumer: str, subject: str, first: int) -> tuple[int, int]:
        """The last number handled and the last number passed over, as far as this process knows.

        The claim in the transaction decides. A subject's first event needs no look-up, and a known subject needs none
        either, because each queue has one active reader. A repeated event is looked up. Numbers that were passed over
        and are not written yet still count; they are no gap.
        """
        known = self.progress.get((consumer, subject))
        if known is not None and known.passed < first:
            return known.claimed, known.passed
        handled = 0 if first == 1 and known is None else await self.last_handled(consumer, subject)
        return handled, handled if known is None or handled < known.claimed else max(handled, known.passed)

    async def last_handled(self, consumer: str, subject: str) -> int:
        """The last number in the table; 0 before the first."""
        rows = await self._database.reader.load(self._database.tables.inbox, "subject", subject)
        return next((row["sequence"] for row in rows if row["consumer"] == consumer), 0)

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

        origin = Origin(f"service:{name.partition('.')[0]}", envelope.correlationid, envelope.id, envelope.traceparent)
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


async def _all(chains: Iterable[Awaitable[T]]) -> list[T]:
    """Run every chain to its end, then raise the first error, if any. No chain is cancelled by another's error."""
    results = await asyncio.gather(*chains, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return cast("list[T]", results)
