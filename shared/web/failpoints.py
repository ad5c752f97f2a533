"""Failpoints around the bus and around the writer of a process; they exist only when one is set.

sent                            the events were sent to the broker, no confirm was read
published                       the broker has confirmed, the rows are still in the outbox
delivered                       the broker has delivered a batch, nothing has been done
taken                           the batch has had its effect, nothing is acknowledged
before:TABLE.COLUMN=VALUE       such a row is about to be written: what led to it has happened, it is not recorded
after:TABLE.COLUMN=VALUE        such a row is committed: what it announces has not begun
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from shared.database.committer import CommitResult, Writer
from shared.database.work import Work
from shared.messaging.bus import Bus, Message, NoteUnrouted, PendingAcks, Subscription
from shared.runtime.failpoint import Failpoints


@dataclass(frozen=True, slots=True)
class FailpointBus:
    bus: Bus
    failpoints: Failpoints

    @property
    def patience(self) -> float:
        return self.bus.patience

    async def publish(self, messages: Sequence[Message]) -> int:
        arrived = await self.bus.publish(messages)
        self.failpoints.reach("published")
        return arrived

    async def give_again(self, messages: Sequence[Message], service: str) -> int:
        return await self.bus.give_again(messages, service)

    async def missing(self, queues: Sequence[str]) -> Sequence[str]:
        return await self.bus.missing(queues)

    def collect_unrouted(self, known: Collection[str], note: NoteUnrouted) -> None:
        self.bus.collect_unrouted(known, note)

    def subscribe(self, subscription: Subscription) -> None:
        async def handle(bodies: Sequence[bytes]) -> PendingAcks:
            self.failpoints.reach("delivered")
            pending = await subscription.handle(bodies)
            self.failpoints.reach("taken")
            return pending

        self.bus.subscribe(replace(subscription, handle=handle))

    async def check(self) -> None:
        await self.bus.check()


@dataclass(frozen=True, slots=True)
class FailpointWriter:
    writer: Writer
    failpoints: Failpoints

    async def write(self, works: Sequence[Work]) -> Sequence[CommitResult]:
        rows = [f"{root.table.name}.{column}={value}" for work in works for root in work.roots
                for column, value in root.values.items() if isinstance(value, str)]  # fmt: skip
        for row in rows:
            self.failpoints.reach(f"before:{row}")
        verdicts = await self.writer.write(works)
        for row in rows:
            self.failpoints.reach(f"after:{row}")
        return verdicts
