"""Where a trip wire can lie: around the bus and around the writer of a process, put there only when one is set.

sent                            the broker has been given events, what it says of them has not been heard
published                       the broker has confirmed, the rows are still in the outbox
delivered                       the broker has handed over a batch, nothing has been done
taken                           the batch has had its effect, nothing is acknowledged
before:TABLE.COLUMN=VALUE       such a row is about to be written: what led to it has happened, it is not recorded
after:TABLE.COLUMN=VALUE        such a row is committed: what it announces has not begun
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.database.committer import CommitResult, Writer
from shared.database.work import Work
from shared.messaging.bus import Bus, Message, PendingAcks, Subscription
from shared.runtime.failpoint import Failpoints


@dataclass(frozen=True, slots=True)
class FailpointBus:
    """See `Bus`."""

    bus: Bus
    wire: Failpoints

    @property
    def patience(self) -> float:
        """See `Bus.patience`."""
        return self.bus.patience

    async def publish(self, messages: Sequence[Message]) -> int:
        """See `Bus.publish`."""
        arrived = await self.bus.publish(messages)
        self.wire.reach("published")
        return arrived

    def subscribe(self, subscription: Subscription) -> None:
        """See `Bus.subscribe`."""

        async def take(bodies: Sequence[bytes]) -> PendingAcks:
            self.wire.reach("delivered")
            rest = await subscription.take(bodies)
            self.wire.reach("taken")
            return rest

        self.bus.subscribe(replace(subscription, take=take))

    async def check(self) -> None:
        """See `Bus.check`."""
        await self.bus.check()


@dataclass(frozen=True, slots=True)
class FailpointWriter:
    """See `Writer`."""

    writer: Writer
    wire: Failpoints

    async def write(self, works: Sequence[Work]) -> Sequence[CommitResult]:
        """See `Writer.write`."""
        rows = [f"{root.table.name}.{column}={value}" for work in works for root in work.roots
                for column, value in root.values.items() if isinstance(value, str)]  # fmt: skip
        for row in rows:
            self.wire.reach(f"before:{row}")
        verdicts = await self.writer.write(works)
        for row in rows:
            self.wire.reach(f"after:{row}")
        return verdicts
