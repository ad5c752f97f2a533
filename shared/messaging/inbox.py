"""The inbox: each event has its effect once, in order, whatever the bus does.

A consumer follows whole nouns, so per subject it sees every sequence number. The last one taken is a row, advanced in
the transaction that does the work: a number already passed is a duplicate, for ever; the next one is due; a later one
is a gap and waits. What cannot be done now is parked in our own table with our own counter and a growing delay, and
nothing of the same subject overtakes it:

    bytes nobody can read, a contract broken, a rule that says no      dead at once, a person replays or discards
    a fact that has not arrived yet, a defect of ours                  waits, tried again, dead after some attempts
    a gap                                                              waits until it is filled
    the database away                                                  the whole batch stays with the bus

What nobody here cares for only moves the number. Where the bus is patient that is noted later, with the subject's next
effect or with other subjects, and the bus keeps the event until then.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Generic, Protocol, TypeVar, cast

import structlog
from sqlalchemy import bindparam, false, or_, select

from shared.contracts.envelope import Envelope, Event, Origin, Unreadable
from shared.database.database import Database
from shared.database.reader import Row
from shared.database.retrying import FilledUnitOfWork, attempt
from shared.database.work import Claim, Outcome, Put, Remove, Work
from shared.kernel.errors import NotYet, RetourError, StaleVersion, Unavailable
from shared.messaging.bus import PendingAcks, Subscription
from shared.messaging.dead_letters import DeadLetters, DeadLetterState
from shared.runtime.clock import Clock
from shared.runtime.loops import Heartbeat, wait_for

log = structlog.get_logger(__name__)

U = TypeVar("U", bound=FilledUnitOfWork)
T = TypeVar("T")
U_co = TypeVar("U_co", bound=FilledUnitOfWork, covariant=True)

HANDLER_SECONDS: Final = 60.0
SOON: Final = (0.005, 0.01, 0.02, 0.04)
"""Waits in seconds for a fact that is most likely on its way, before the event is parked."""
REMEMBERED: Final = 20_000
SWEEP_SECONDS: Final = 0.5
SWEEP_BATCH: Final = 200
CATCH_UP_SECONDS: Final = 1.0
NUL: Final = "\N{SYMBOL FOR NULL}"
"""In place of the one character that PostgreSQL does not keep in a text."""


@dataclass(frozen=True, slots=True)
class RetryDelays:
    """How often a reason is tried again (None: for ever), and how long the waits grow."""

    attempts: int | None
    first_seconds: float
    longest_seconds: float

    def delay(self, attempts: int) -> timedelta:
        """The wait before the next attempt."""
        return timedelta(seconds=min(self.first_seconds * 2 ** min(attempts, 20), self.longest_seconds))


RETRY_DELAYS: Final[Mapping[str, RetryDelays]] = {
    # why            how often, first and longest wait in seconds
    "gap":         RetryDelays(None, 0.1, 30),
    "not_yet":     RetryDelays(15, 0.1, 60),
    "defect":      RetryDelays(5, 0.5, 10),
    "stale":       RetryDelays(10, 0.2, 10),
}  # fmt: skip
DEAD_AT_ONCE: Final = RetryDelays(0, 0, 0)
OUT_OF_ORDER: Final = frozenset({"gap", "not_yet"})
"""Reasons that mend themselves as soon as another event arrives: nobody need hear of them before they are dead."""


@dataclass(frozen=True, slots=True)
class Consumer(Generic[U]):
    """One queue: the nouns it follows and what it does about the events it cares for."""

    name: str
    nouns: tuple[str, ...]
    handlers: Mapping[type[Event], Callable[[Any, U], Awaitable[None]]]


class UnitOfWorkFactory(Protocol[U_co]):
    """Opens units of work for a service."""

    def begin(self, origin: Origin) -> U_co: ...


@dataclass(frozen=True, slots=True)
class _Parked:
    """Why an event cannot be taken now."""

    reason: str
    detail: str


@dataclass(slots=True)
class _Progress:
    """Where a consumer stands with a subject: the last number in the table as far as this process knows, the last one
    it has passed over since, and who waits for the table to follow.
    """

    claimed: int
    passed: int
    waiting: list[tuple[int, asyncio.Future[None]]] | None = None

    def settle(self) -> None:
        """Tell those who waited for a number that is in the table now."""
        if self.waiting is not None:
            for number, noted in self.waiting:
                if number <= self.claimed and not noted.done():
                    noted.set_result(None)
            self.waiting = [(number, noted) for number, noted in self.waiting if number > self.claimed] or None


Key = tuple[str, str]
"""A consumer's name and a subject."""


class Inbox(Generic[U]):
    """Takes events for the consumers of one service. `patience` is the bus's, in seconds."""

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
        self._clock = clock
        parked = database.tables.parked
        self._parked = parked
        self._due = (
            select(parked)
            .where(
                parked.c.state == DeadLetterState.WAITING.value,
                parked.c.due_at <= bindparam("now"),
                or_(false(), *(parked.c.consumer == name for name in self._consumers)),
            )
            .order_by(parked.c.subject, parked.c.sequence)
            .limit(SWEEP_BATCH)
        )
        self.letters = DeadLetters(database, clock, self.take)
        self._next_due: datetime | None = None
        self._patience = patience
        self._standings: dict[Key, _Progress] = {}
        self._in_hand: dict[Key, asyncio.Event] = {}
        self._behind: set[Key] = set()
        self._fell_behind = asyncio.Event()
        self._parked_more = database.signals.when("parked_events")
        self.taken = 0

    def subscriptions(self) -> Sequence[Subscription]:
        """What to register at the bus."""

        def of(consumer: Consumer[U]) -> Subscription:
            async def take(bodies: Sequence[bytes]) -> PendingAcks:
                return await self.take(consumer.name, bodies)

            async def bury(body: bytes, reason: str) -> None:
                await self.bury(consumer.name, body, reason)

            return Subscription(consumer.name, consumer.nouns, take, bury)

        return [of(consumer) for consumer in self._consumers.values()]

    async def take(self, consumer: str, bodies: Sequence[bytes]) -> PendingAcks:
        """Deal with a batch: subjects beside each other, the events of one subject one after the other."""
        subjects: dict[str, list[Envelope]] = defaultdict(list)
        for body in bodies:
            try:
                envelope = Envelope.decode(body)
            except Unreadable as unreadable:
                await self._keep_unreadable(consumer, body, unreadable.reason, str(unreadable))
            else:
                subjects[envelope.subject].append(envelope)
        rests = await _all(self._follow(consumer, envelopes) for envelopes in subjects.values())
        return [rest for rest in rests if rest is not None]

    async def bury(self, consumer: str, body: bytes, reason: str) -> None:
        """Keep a message that crashed its consumer as a dead letter."""
        try:
            envelope = Envelope.decode(body)
        except Unreadable as unreadable:
            await self._keep_unreadable(consumer, body, unreadable.reason, str(unreadable))
        else:
            await self._park(consumer, envelope, _Parked("crash", reason))

    async def sweep(self, heartbeat: Heartbeat) -> None:
        """Try parked events again when they are due, for ever."""
        while True:
            heartbeat.beat()
            if self._next_due is not None and self._next_due <= self._clock():
                self._next_due = None
            rows = await self._database.reader.rows(self._due, now=self._clock())
            await self._try_again(rows)
            if len(rows) < SWEEP_BATCH:
                await wait_for(self._parked_more, self._until_next())

    async def catch_up(self, heartbeat: Heartbeat) -> None:
        """Note what has been passed over, many subjects at once, for ever."""
        while True:
            heartbeat.beat()
            await wait_for(self._fell_behind, CATCH_UP_SECONDS)
            if self._behind:
                await asyncio.sleep(self._patience)
                await self.note()

    async def note(self) -> None:
        """Note now what has been passed over. What could not be noted is left for the next time, and raised."""
        keys, self._behind = self._behind - self._in_hand.keys(), self._behind & self._in_hand.keys()
        try:
            await _all(self._note(key) for key in keys)
        except BaseException:
            self._behind |= {key for key in keys if (known := self._standings.get(key)) and known.waiting}
            raise

    async def _note(self, key: Key) -> None:
        async with self._alone(key):
            standing = self._standings.get(key)
            if standing is not None:
                await self._pass_over(*key, standing.claimed, standing.passed)

    def _until_next(self) -> float:
        """Seconds until the next event parked by this process is due; the poll finds the others."""
        if self._next_due is None:
            return SWEEP_SECONDS
        return min(max((self._next_due - self._clock()).total_seconds(), 0.001), SWEEP_SECONDS)

    async def _try_again(self, rows: Sequence[Row]) -> None:
        chains: dict[tuple[str, str], dict[str, Envelope]] = defaultdict(dict)
        for row in rows:
            try:
                chains[row["consumer"], row["subject"]][row["id"]] = Envelope.decode(row["body"])
            except Unreadable as unreadable:
                await self._give_up(row, unreadable)
        await _all(self._follow(consumer, [*chain.values()], chain) for (consumer, _), chain in chains.items())

    async def _give_up(self, row: Row, unreadable: Unreadable) -> None:
        """A row that somebody has damaged waits for a person, and keeps no other from being tried."""
        log.error("parked_event_unreadable", consumer=row["consumer"], event_id=row["id"], reason=unreadable.reason)
        dead = {**row, "state": DeadLetterState.DEAD.value, "reason": unreadable.reason, "detail": str(unreadable)}
        await self._database.committer.commit(Work(writes=[Put(self._parked, dead)]))

    async def _follow(
        self, name: str, envelopes: Sequence[Envelope], known: Mapping[str, Envelope] | None = None
    ) -> asyncio.Future[None] | None:
        """The events of one subject, in order; what is to be waited for when the last of them are noted later."""
        subject = envelopes[0].subject
        ordered = sorted(envelopes, key=lambda envelope: envelope.sequence)
        async with self._alone((name, subject)):
            claimed, passed = await self._believed(name, subject, ordered[0].sequence)
            for envelope in ordered:
                was_parked = known is not None and envelope.id in known
                if envelope.sequence > passed + 1:
                    await self._pass_over(name, subject, claimed, passed)
                    claimed = max(passed, await self._last_taken(name, subject))
                    passed = await self.letters.passed(name, subject, claimed)
                if envelope.sequence <= passed:
                    if was_parked:
                        await self._database.committer.commit(Work(writes=[self._unpark(name, envelope.id)]))
                    continue
                if envelope.sequence > passed + 1:
                    gap = _Parked("gap", f"waits for number {passed + 1} of {subject}")
                    await self._park(name, envelope, gap)
                    continue
                passed = envelope.sequence
                if self._cares(name, envelope) or was_parked:
                    trouble, claimed = await self._take_one(name, envelope, claimed, was_parked=was_parked)
                    if trouble is not None:
                        await self._park(name, envelope, trouble)
                        await self._park_rest(name, ordered, envelope.sequence)
                        passed = max(claimed, envelope.sequence - 1)
                        break
                    passed = max(passed, claimed)
            if passed > claimed and self._patience:
                return self._later(name, subject, claimed, passed)
            await self._pass_over(name, subject, claimed, passed)
            return None

    @asynccontextmanager
    async def _alone(self, key: Key) -> AsyncIterator[None]:
        """One at a time follows a subject."""
        while (other := self._in_hand.get(key)) is not None:
            await other.wait()
        self._in_hand[key] = asyncio.Event()
        try:
            yield
        finally:
            self._in_hand.pop(key).set()

    async def _take_one(
        self, name: str, envelope: Envelope, claimed: int, *, was_parked: bool
    ) -> tuple[_Parked | None, int]:
        """Apply an event whose turn it is; what kept it from happening, if anything, and the last number taken now.

        `claimed` is what this process believes. Where that turns out to be wrong, the event is either a duplicate, or
        applied once more from the right number.
        """
        while True:
            done = await self._apply(
                name, envelope, Claim(name, envelope.subject, claimed, envelope.sequence), was_parked=was_parked
            )
            if done is Outcome.COMMITTED:
                return None, envelope.sequence
            actual = await self._last_taken(name, envelope.subject)
            if actual >= envelope.sequence:
                return None, actual
            if actual == claimed:
                return done if isinstance(done, _Parked) else _Parked("stale", "the claim was lost"), claimed
            claimed = actual

    async def _pass_over(self, name: str, subject: str, claimed: int, passed: int) -> None:
        """Take what nobody here cared for, and remember where this subject stands."""
        while passed > claimed:
            claim = Work(claim=Claim(name, subject, claimed, passed))
            if await self._database.committer.commit(claim) is Outcome.COMMITTED:
                break
            claimed = await self._last_taken(name, subject)
        self._stands(name, subject, max(claimed, passed), passed)

    def _later(self, name: str, subject: str, claimed: int, passed: int) -> asyncio.Future[None]:
        """What nobody here cared for is noted with something else."""
        noted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        standing = self._stands(name, subject, claimed, passed)
        standing.waiting = [*(standing.waiting or ()), (passed, noted)]
        self._behind.add((name, subject))
        self._fell_behind.set()
        return noted

    def _stands(self, name: str, subject: str, claimed: int, passed: int) -> _Progress:
        standing = self._standings.get((name, subject))
        if standing is None:
            if len(self._standings) >= REMEMBERED:
                self._standings = {key: each for key, each in self._standings.items() if each.waiting}
            standing = self._standings[name, subject] = _Progress(claimed, passed)
        standing.claimed, standing.passed = claimed, max(claimed, passed, standing.passed)
        standing.settle()
        return standing

    async def _park_rest(self, name: str, envelopes: Sequence[Envelope], after: int) -> None:
        for envelope in envelopes:
            if envelope.sequence > after:
                await self._park(name, envelope, _Parked("gap", f"waits for number {after} of {envelope.subject}"))

    async def _believed(self, consumer: str, subject: str, first: int) -> tuple[int, int]:
        """The last number taken and the last one passed over, as far as this process knows.

        The claim in the transaction is what decides. A subject's first event needs no look-up, and a well-known subject
        none either: one active reader a queue. What comes once more is looked up, and what was passed over and is not
        noted yet still counts: it is no gap.
        """
        known = self._standings.get((consumer, subject))
        if known is not None and known.passed < first:
            return known.claimed, known.passed
        taken = 0 if first == 1 and known is None else await self._last_taken(consumer, subject)
        return taken, taken if known is None or taken < known.claimed else max(taken, known.passed)

    async def _last_taken(self, consumer: str, subject: str) -> int:
        rows = await self._database.reader.load(self._database.tables.inbox, "subject", subject)
        return next((row["sequence"] for row in rows if row["consumer"] == consumer), 0)

    def _cares(self, name: str, envelope: Envelope) -> bool:
        """Whether this consumer handles the event, or should and cannot: another version of what it knows."""
        contracts = self._contracts[name]
        stem = envelope.type.rpartition(".v")[0]
        return envelope.type in contracts or any(key.rpartition(".v")[0] == stem for key in contracts)

    async def _apply(self, name: str, envelope: Envelope, claim: Claim, *, was_parked: bool) -> _Parked | Outcome:
        """Claim and effect in one transaction; its outcome, or what kept it from happening."""
        contract = self._contracts[name].get(envelope.type)
        consumer = self._consumers[name]

        def complete(work: Work, _: None) -> None:
            work.claim = claim
            if was_parked:
                work.writes.append(self._unpark(name, envelope.id))

        async def handle(unit: U) -> None:
            if contract is not None:
                await consumer.handlers[contract](envelope.read(contract), unit)

        origin = Origin(f"service:{name.partition('.')[0]}", envelope.correlationid, envelope.id, envelope.traceparent)
        try:
            if contract is None and self._cares(name, envelope):
                return _Parked("unknown_version", f"{envelope.type} is not a version this consumer knows")
            async with asyncio.timeout(HANDLER_SECONDS):
                outcome = await self._soon(origin, handle, complete, () if was_parked else SOON)
        except Unavailable:
            raise
        except Exception as error:
            trouble = _trouble(error)
            if trouble.reason == "defect":
                log.exception("event_failed", consumer=name, event_id=envelope.id, type=envelope.type)
            return trouble
        self.taken += outcome is Outcome.COMMITTED
        return outcome

    async def _soon(
        self,
        origin: Origin,
        handle: Callable[[U], Awaitable[None]],
        complete: Callable[[Work, None], None],
        waits: Sequence[float],
    ) -> Outcome:
        """Run the handler; for a fact that has not arrived, a few short waits before it counts as trouble."""
        for wait in waits:
            try:
                return (await attempt(lambda: self._units.begin(origin), handle, self._database.committer, complete))[0]
            except NotYet:
                await asyncio.sleep(wait)
        return (await attempt(lambda: self._units.begin(origin), handle, self._database.committer, complete))[0]

    async def _park(self, name: str, envelope: Envelope, why: _Parked) -> None:
        """Put an event aside, one attempt older; a dead one stays dead until a person says otherwise."""
        before = next(
            (
                row
                for row in await self._database.reader.load(self._parked, "id", envelope.id)
                if row["consumer"] == name
            ),
            None,
        )
        if before is not None and before["state"] == DeadLetterState.DEAD:
            return
        attempts = before["attempts"] + 1 if before is not None and before["reason"] == why.reason else 1
        patience = RETRY_DELAYS.get(why.reason, DEAD_AT_ONCE)
        dead = patience.attempts is not None and attempts > patience.attempts
        now = self._clock()
        due_at = now + patience.delay(attempts - 1)
        if not dead:
            self._next_due = due_at if self._next_due is None else min(self._next_due, due_at)
        if dead or attempts == 1:
            say = log.info if why.reason in OUT_OF_ORDER and not dead else log.warning
            say(
                "event_parked",
                consumer=name,
                event_id=envelope.id,
                reason=why.reason,
                dead=dead,
                detail=why.detail,
            )
        await self._database.committer.commit(
            Work(
                writes=[
                    Put(
                        self._parked,
                        {
                            "consumer": name,
                            "id": envelope.id,
                            "type": envelope.type,
                            "subject": envelope.subject,
                            "sequence": envelope.sequence,
                            "state": (DeadLetterState.DEAD if dead else DeadLetterState.WAITING).value,
                            "reason": why.reason,
                            "detail": why.detail[:2000].replace("\0", NUL),
                            "attempts": attempts,
                            "body": envelope.encode(),
                            "parked_at": before["parked_at"] if before is not None else now,
                            "due_at": due_at,
                        },
                    )
                ]
            )
        )

    async def _keep_unreadable(self, name: str, body: bytes, reason: str, detail: str) -> None:
        now = self._clock()
        log.error("event_unreadable", consumer=name, reason=reason, bytes=len(body))
        await self._database.committer.commit(
            Work(
                writes=[
                    Put(
                        self._parked,
                        {
                            "consumer": name,
                            "id": "unreadable_" + sha256(body).hexdigest()[:32],
                            "type": "unreadable",
                            "subject": "",
                            "sequence": 0,
                            "state": DeadLetterState.DEAD.value,
                            "reason": reason,
                            "detail": detail[:2000].replace("\0", NUL),
                            "attempts": 1,
                            "body": body[:1_000_000].decode("utf-8", "backslashreplace").replace("\0", "\\x00"),
                            "parked_at": now,
                            "due_at": now,
                        },
                    )
                ]
            )
        )

    def _unpark(self, consumer: str, event: str) -> Remove:
        return Remove(self._parked, {"consumer": consumer, "id": event})


def _trouble(error: Exception) -> _Parked:
    """Why a handler did not succeed: a stable reason, and the words for a person."""
    match error:
        case Unreadable():
            return _Parked(error.reason, str(error))
        case NotYet():
            return _Parked("not_yet", str(error))
        case StaleVersion():
            return _Parked("stale", str(error))
        case RetourError():
            return _Parked(f"rule:{error.code}", str(error))
        case _:
            return _Parked("defect", f"{type(error).__name__}: {error}")


async def _all(chains: Iterable[Awaitable[T]]) -> list[T]:
    """Every chain to its end; then the first error, if any, so that no neighbour is cut off in the middle."""
    results = await asyncio.gather(*chains, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return cast("list[T]", results)
