"""Two jobs deliver messages: `carry` hands over mails whose attempt has begun, `deliver` begins attempts that are due.

A message is due when its first attempt was not begun with its fact, when it was postponed, or when an attempt was lost.
No transaction is open while a mail is handed over. Many mails are handed over at a time, so that the group committer
commits their records together.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

import structlog

from service_notifications.application.messages import delivery
from service_notifications.application.messages.mail_transport import DeliveryOutcome, MailTransport
from service_notifications.application.messages.message_renderer import MessageRenderer
from service_notifications.domain.messages.outgoing_mail import OutgoingMail
from shared.contracts.envelope import Origin
from shared.database.unit_of_work.transactions import Transactions
from shared.kernel.errors import Unavailable
from shared.runtime.clock import Clock
from shared.runtime.due_work import DueWork, KnownItems, Lead
from shared.runtime.loops import Work

log = structlog.get_logger(__name__)

BATCH: Final = 200
POLL_SECONDS: Final = 2.0
READDRESSED_SECONDS: Final = 30.0
"""How often failed messages are compared with the present addresses, besides after a change in this process."""
LAST_SECONDS: Final = 5.0
"""How long a stop waits for mails that are being handed over."""
RECORD_PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 4.0)
ORIGIN: Final = Origin("service:notifications")


class DueMessages(Protocol):
    """Finds messages whose next attempt is due."""

    async def due(self, now: datetime, count: int) -> Sequence[str]: ...
    async def readdressed(self, count: int) -> Sequence[str]: ...


class BegunMail(KnownItems[OutgoingMail], Protocol):
    """Mails whose attempts are committed, and what wakes the two jobs."""

    @property
    def arrived(self) -> asyncio.Event: ...
    @property
    def due(self) -> asyncio.Event: ...
    @property
    def contacts_changed(self) -> asyncio.Event: ...


@dataclass(slots=True)
class AcceptedMail:
    """When the mail server has last accepted a mail of this process (Z20).

    While it accepts nothing from anybody, a refusal says nothing about the message that is refused. So an attempt
    counts against its message only if another mail was accepted since the attempt before.
    """

    last_at: datetime | None = None

    def outage_since(self, moment: datetime) -> bool:
        """Whether nothing was accepted since this moment."""
        return self.last_at is None or self.last_at < moment


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryJobs:
    """The process that has committed an attempt hands its mail over; an attempt that was lost is begun after its lease.

    One process at a time begins due messages.
    """

    transactions: Transactions[Any]
    due: DueMessages
    words: MessageRenderer
    mail: MailTransport
    outgoing: BegunMail
    lead: Lead
    clock: Clock
    accepted: AcceptedMail = field(default_factory=AcceptedMail)

    def loops(self) -> Mapping[str, Work]:
        """The loops of this service besides relay and inbox."""
        return {"carry": self.carry_job().run, "deliver": self.begin_job().run}

    def begin_job(self) -> DueWork[str]:
        """Begins attempts that are due."""
        looked_at = float("-inf")

        async def find(limit: int) -> Sequence[str]:
            nonlocal looked_at
            found = [*await self.due.due(self.clock(), limit)]
            changed = self.outgoing.contacts_changed
            if len(found) < limit and (changed.is_set() or time.monotonic() - looked_at > READDRESSED_SECONDS):
                changed.clear()
                looked_at = time.monotonic()
                found += await self.due.readdressed(limit - len(found))
            return found

        return DueWork(
            name="deliver",
            do=self.begin,
            find=find,
            lead=self.lead,
            wake=self.outgoing.due,
            pause_seconds=POLL_SECONDS,
            slots=BATCH,
            failure="message_not_begun",
            label="message",
        )

    def carry_job(self) -> DueWork[OutgoingMail]:
        """Hands over mails whose attempt has begun.

        A stop waits for running hand-overs, because a mail that has left and is not recorded leaves once more.
        An outage does not end the loop, because the record of every other mail is still tried.
        """
        return DueWork(
            name="carry",
            do=self.hand_over,
            first=self.outgoing,
            wake=self.outgoing.arrived,
            pause_seconds=POLL_SECONDS,
            slots=self.mail.at_once,
            rest_seconds=0.0,
            stop_seconds=LAST_SECONDS,
            stops_loop=(),
            key=_id_of,
            failure="delivery_not_recorded",
            label="message",
        )

    async def begin(self, message_id: str) -> None:
        """Begin the next attempt of this message, if one is due."""
        await self.transactions.run(
            lambda uow: delivery.begin(uow, message_id, self.words, at=self.clock()),
            ORIGIN,
        )

    async def hand_over(self, mail: OutgoingMail) -> None:
        """Hand this mail over and record the result."""
        if not delivery.may_be_handed_over(mail, at=self.clock()):
            return
        receipt = await self.mail.deliver(mail)
        if receipt.code is not None:
            log.warning("message_not_delivered", message=mail.message_id, code=receipt.code)
        outage = self.accepted.outage_since(mail.tried_before_at)
        if receipt.outcome is DeliveryOutcome.HANDED_OVER:
            self.accepted.last_at = self.clock()
        await self._record(
            lambda uow: delivery.record(uow, mail.message_id, receipt, self.words, at=self.clock(), outage=outage)
        )

    async def _record(self, use_case: Callable[[Any], Awaitable[None]]) -> None:
        """Commit the record of a mail that has left. Nobody else knows of it, so an outage is waited for at first."""
        for pause in RECORD_PAUSES:
            try:
                await self.transactions.run(use_case, ORIGIN)
            except Unavailable:
                await asyncio.sleep(pause)
            else:
                return
        await self.transactions.run(use_case, ORIGIN)


def _id_of(mail: OutgoingMail) -> str:
    return mail.message_id
