"""What the tests of `service_notifications` stand on: samples of every content, events, a running service."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx2
from sqlalchemy import select

from service_notifications.adapters.messages.message_rows import message_of_row
from service_notifications.adapters.messages.renderer_jinja import JinjaRenderer, Signature
from service_notifications.adapters.tables import common, messages
from service_notifications.app import build
from service_notifications.application.messages.mail_transport import HANDED_OVER, DeliveryReceipt, MailTransport
from service_notifications.domain.messages.content import (
    Content,
    DeadlineExtended,
    DiscrepancyCleared,
    DiscrepancyEnd,
    ExtendedStep,
    GoodsReceived,
    InspectionCorrected,
    InspectionDecided,
    InspectionExtended,
    InspectionHeld,
    MessageItem,
    MessageKind,
    ReducedItem,
    RefundSettled,
    RefundShare,
    RefusalReason,
    RemainderClosed,
    RemainderOutcome,
    ReturnApproved,
    ReturnCancelled,
    ReturnLapsed,
    ReturnReferred,
    ReturnRefused,
    UnitsKept,
    Wording,
    WrittenText,
)
from service_notifications.domain.messages.message import Message, Status
from service_notifications.domain.messages.outgoing_mail import OutgoingMail, RenderedMessage
from service_notifications.settings import Settings
from shared.contracts import events
from shared.contracts.envelope import Envelope, Event
from shared.contracts.operations import Service as Name
from shared.database.database import Database, open_database
from shared.kernel.money import Money
from shared.kernel.principal import Kind as CallerKind, Principal, Role
from shared.messaging.bus import Message as Carried
from shared.messaging.bus_in_process import InProcessBus
from shared.runtime.clock import new_id, now
from shared.web.internal_token import InternalTokens
from shared.web.service import RunningService
from tests.contract.clients.documented import as_documented
from tests.support.sealing import Sealing
from tests.support.waiting import eventually

SECRET: Final = "a key for tests that is long enough to be one"
START: Final = datetime(2026, 3, 11, 7, 4, tzinfo=UTC)
AGENT: Final = Principal(CallerKind.STAFF, "agent-1", frozenset({Role.AGENT}))
SHOP: Final = Principal(
    CallerKind.SYSTEM, "shop-1", frozenset({Role.STOREFRONT}), frozenset({"contacts:write", "contacts:read"})
)

SAMPLES: Final[dict[MessageKind, Content]] = {
    MessageKind.RETURN_REFERRED: ReturnReferred((Wording("The value is high.", "金额较高。"),), START),
    MessageKind.RETURN_APPROVED: ReturnApproved(
        rma="R7K2-MX4Q",
        items=(MessageItem("Wool coat M", 2), MessageItem("Scarf", 1)),
        recipient="Retour Returns",
        address=("Building 8, 100 Harbour Road", "Shanghai 200000"),
        contact="Ms Wang",
        phone="+86 21 5555 0100",
        carriers=("SF Express", "EMS"),
        customer_pays=True,
        freight_amount=Money(1250, "EUR"),
        ship_by=date(2026, 3, 21),
    ),
    MessageKind.RETURN_REFUSED: ReturnRefused(
        (
            RefusalReason(Wording("The return period is over.", "已超过退货期限。"), "Policy 2.1"),
            RefusalReason(Wording("The seal is broken.", "封条已拆。"), "Policy 3.4"),
        ),
        (Wording("Repair", "维修"), Wording("Exchange", "换货")),
        date(2026, 3, 25),
    ),
    MessageKind.RETURN_CANCELLED: ReturnCancelled("R7K2-MX4Q"),
    MessageKind.RETURN_LAPSED: ReturnLapsed("R7K2-MX4Q"),
    MessageKind.UNITS_KEPT: UnitsKept("R7K2-MX4Q", (MessageItem("Scarf", 1),), True),
    MessageKind.DEADLINE_EXTENDED: DeadlineExtended(
        "R7K2-MX4Q", ExtendedStep.SHIP, date(2026, 3, 30), WrittenText("You are in hospital.", "en")
    ),
    MessageKind.GOODS_RECEIVED: GoodsReceived("R7K2-MX4Q", (MessageItem("Scarf", 1),), True, START),
    MessageKind.INSPECTION_HELD: InspectionHeld("R7K2-MX4Q", (MessageItem("Scarf", 1),)),
    MessageKind.INSPECTION_DECIDED: InspectionDecided(
        rma="R7K2-MX4Q",
        accepted=(MessageItem("Scarf", 1),),
        refused=(MessageItem("Wool coat M", 1),),
        reason=WrittenText("The lining is torn.", "en"),
        clause="Policy 3.4",
        evidence=("insp_01",),
        reduced=(ReducedItem("Scarf", 1, 1250),),
    ),
    MessageKind.INSPECTION_CORRECTED: InspectionCorrected(
        "R7K2-MX4Q", (MessageItem("Scarf", 1),), (MessageItem("Wool coat M", 1),)
    ),
    MessageKind.INSPECTION_EXTENDED: InspectionExtended(
        "R7K2-MX4Q", (MessageItem("Scarf", 1),), START, WrittenText("The laboratory needs longer.", "en")
    ),
    MessageKind.DISCREPANCY_CLEARED: DiscrepancyCleared(
        rma="R7K2-MX4Q",
        items=(MessageItem("MUG-BLUE", 1),),
        outcome=DiscrepancyEnd.RETURNED_TO_CUSTOMER,
        reason=WrittenText("It is yours.", "en"),
        tracking_number="SF1234567890",
    ),
    MessageKind.REFUND_SETTLED: RefundSettled(
        rma="R7K2-MX4Q",
        refund_id="rfd_01",
        amount=Money(19901, "EUR"),
        shares=(
            RefundShare("card", Money(15000, "EUR"), "ARN-778"),
            RefundShare("gift_card", Money(4901, "EUR"), None),
        ),
        settled_at=START,
        remainder=Money(2099, "EUR"),
    ),
    MessageKind.REMAINDER_CLOSED: RemainderClosed(
        rma="R7K2-MX4Q",
        refund_id="rfd_01",
        amount=Money(2099, "EUR"),
        outcome=RemainderOutcome.PAID_OTHERWISE,
        closed_at=START,
    ),
}
"""A whole content of every kind."""

NOTHING_TO_PAY: Final = RefundSettled(
    rma="R7K2-MX4Q", refund_id="rfd_01", amount=Money(0, "EUR"), shares=(), settled_at=START
)
"""What was free comes back: there is no means of payment, and still something to say."""


def signature(phone: str | None = "+86 21 5555 0199") -> Signature:
    """Who signs in the tests."""
    return Signature("Retour", "returns@retour.example", phone, ZoneInfo("Asia/Shanghai"))


def a_message(**but: Any) -> Message:
    """A queued message about a settled refund."""
    return Message(
        **{
            "id": new_id("msg"),
            "fact": "refund_settled:rfd_01",
            "tells": "rfd_01",
            "return_id": "ret_01",
            "customer_id": "cus-1",
            "language": "en",
            "content": SAMPLES[MessageKind.REFUND_SETTLED],
            "created_at": START,
            "due_at": START,
            **but,
        }
    )


def a_mail(**but: Any) -> OutgoingMail:
    """A letter about a settled refund, ready to leave."""
    message = a_message()
    rendered = JinjaRenderer(signature()).render(message, None)
    return OutgoingMail(
        **{
            "message_id": message.id,
            "return_id": message.return_id,
            "kind": message.kind.value,
            "language": "en",
            "to_name": "Li Na",
            "to_address": "li.na@customers.example",
            "written_at": START,
            "rendered": rendered,
            "began_at": START,
            "tried_before_at": START,
            **but,
        }
    )


def rendered(subject: str) -> RenderedMessage:
    """Words with this subject."""
    return RenderedMessage(subject, "Hello,\n", "<p>Hello,</p>", "sample/en/0")


@dataclass
class FakeClock:
    """A clock that tests move, and may stop."""

    offset: timedelta = timedelta()
    stopped_at: datetime | None = None

    def __call__(self) -> datetime:
        return (self.stopped_at or now()) + self.offset

    def stop(self) -> None:
        """From now on only `offset` moves it."""
        self.stopped_at = now()


@dataclass
class FakeTransport:
    """Takes mails: each delivery uses up the next of `outcomes`; after the last one every mail is handed over."""

    outcomes: list[DeliveryReceipt | asyncio.Event] = field(default_factory=list)
    mails: list[OutgoingMail] = field(default_factory=list)
    at_once: int = 8

    async def deliver(self, mail: OutgoingMail) -> DeliveryReceipt:
        """An event in `outcomes` is waited for; the waiting process may be stopped."""
        self.mails.append(mail)
        answer = self.outcomes.pop(0) if self.outcomes else HANDED_OVER
        if isinstance(answer, DeliveryReceipt):
            return answer
        await answer.wait()
        return HANDED_OVER

    async def close(self) -> None:
        """Nothing is held."""


@dataclass
class ReturnEvents:
    """The events of one return, numbered as their publishers would."""

    return_id: str = field(default_factory=lambda: new_id("ret"))
    customer_id: str = field(default_factory=lambda: f"cus-{uuid4().hex[:8]}")
    refund_id: str = field(default_factory=lambda: new_id("rfd"))
    language: str = "en"
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def event(self, event: Event, subject: str | None = None) -> Carried:
        """An event as the bus carries it."""
        about = subject or self.return_id
        noun = (event.type.partition(".")[0], about)
        self.numbers[noun] = self.numbers.get(noun, 0) + 1
        envelope = Envelope(
            id=new_id("evt"),
            type=event.routing_key(),
            source="/retour/tests",
            subject=about,
            time=now(),
            sequence=self.numbers[noun],
            correlationid=self.return_id,
            actor="service:tests",
            data=event.model_dump(mode="json"),
        )
        return Carried(envelope.id, envelope.type, envelope.encode().encode())

    def requested(self) -> Carried:
        line = events.RequestedLine(
            line_id="L1", sku="SCARF", name="Scarf", quantity=1, reason="changed_mind", condition="unopened"
        )
        return self.event(
            events.ReturnRequested(
                return_id=self.return_id,
                order_id="order_1",
                customer_id=self.customer_id,
                language=self.language,
                channel="web",
                lines=(line,),
            )
        )

    def approved(self, **but: Any) -> Carried:
        units = tuple(
            events.ApprovedUnit(
                unit_id=f"{self.return_id}-u{n}",
                line_id="L1",
                sku="SCARF",
                name="Scarf",
                reason="changed_mind",
                fault=events.Fault.CUSTOMER,
            )
            for n in (1, 2)
        )
        facts: dict[str, Any] = {
            "return_id": self.return_id,
            "rma": "R7K2-MX4Q",
            "order_id": "order_1",
            "customer_id": self.customer_id,
            "language": self.language,
            "automatic": True,
            "units": units,
            "address": events.ReturnAddress(
                warehouse="WH-1",
                recipient="Retour Returns",
                lines=("100 Harbour Road", "Shanghai"),
                contact="Ms Wang",
                phone="+86 21 5555 0100",
            ),
            "carriers": ("SF Express",),
            "freight_payer": events.FreightPayer.CUSTOMER,
            "freight_amount": events.Amount(amount_minor=1250, currency="EUR"),
            "statutory_withdrawal": True,
            "whole_order": False,
            "ship_by": date(2026, 3, 21),
        }
        return self.event(events.ReturnApproved(**(facts | but)))

    def referred(self) -> Carried:
        why = events.ReasonGiven(
            rule="high_value", clause="Policy 2.4", says=events.Wording(en="The value is high.", zh="金额较高。")
        )
        return self.event(
            events.ReturnReferred(
                return_id=self.return_id,
                customer_id=self.customer_id,
                language=self.language,
                reasons=(why,),
                decide_by=START,
            )
        )

    def cancelled(self) -> Carried:
        return self.event(
            events.ReturnCancelled(return_id=self.return_id, customer_id=self.customer_id, language=self.language)
        )

    def lapsed(self) -> Carried:
        return self.event(events.ReturnClosed(return_id=self.return_id, outcome="lapsed"))

    def received(self, *units: int, receipt: str = "rcp_1") -> Carried:
        return self.event(
            events.InspectionReceived(
                return_id=self.return_id,
                receipt_id=receipt,
                warehouse="WH-1",
                units=tuple(events.ReceivedUnit(unit_id=f"{self.return_id}-u{n}", line_id="L1") for n in units),
                complete=len(units) == 2,
                inspect_by=START,
            )
        )

    def looked_at(self, **results: events.UnitResult) -> Carried:
        return self.event(
            events.InspectionCompleted(
                return_id=self.return_id,
                units=tuple(
                    events.InspectedUnit(unit_id=f"{self.return_id}-{unit}", line_id="L1", result=result, grade="C")
                    for unit, result in results.items()
                ),
                complete=True,
            )
        )

    def decided(self, **decisions: events.UnitDecision) -> Carried:
        return self.event(
            events.InspectionDecided(
                return_id=self.return_id,
                customer_id=self.customer_id,
                language=self.language,
                units=tuple(
                    events.DecidedUnit(unit_id=f"{self.return_id}-{unit}", line_id="L1", decision=decision)
                    for unit, decision in decisions.items()
                ),
                complete=True,
            )
        )

    def refund(self, kind: type[Event]) -> Carried:
        tender = events.TenderShare(tender_id="T1", kind=events.TenderKind.CARD, amount_minor=6000, trace="ARN-778")
        facts: dict[str, Any] = {
            "refund_id": self.refund_id,
            "return_id": self.return_id,
            "order_id": "order_1",
            "customer_id": self.customer_id,
            "language": self.language,
            "amount": events.Amount(amount_minor=6000, currency="EUR"),
            "components": (events.Component(name="goods", amount_minor=6000),),
            "tenders": (tender,),
            "units": (f"{self.return_id}-u1",),
            "pay_by": START,
            "settled_at": START,
            "code": "declined",
        }
        return self.event(
            kind(**{name: fact for name, fact in facts.items() if name in kind.model_fields}), self.refund_id
        )


@dataclass
class RunningNotifications:
    """A running `service_notifications` and its callers."""

    service: RunningService
    bus: InProcessBus
    database: Database
    http: httpx2.AsyncClient
    clock: FakeClock
    tokens: InternalTokens

    async def bring(self, *carried: Carried) -> None:
        """Publish events; on return each has been dealt with or parked."""
        await self.bus.publish(carried)

    async def contact(self, customer_id: str, **but: Any) -> httpx2.Response:
        """The shop says how a customer is reached."""
        body = {"name": "Li Na", "email": "li.na@customers.example", "language": "en", **but}
        return await self.call(SHOP, "PUT", f"/v1/contacts/{customer_id}", body)

    async def call(self, by: Principal, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        """One request with an internal token."""
        sent = {"Authorization": f"Bearer {self.tokens.token(by)}", **headers}
        return await self.http.request(method, path, json=body, headers=sent)

    async def messages(self, return_id: str) -> Sequence[Message]:
        """What is kept about a return, in order."""
        query = select(messages).where(messages.c.return_id == return_id).order_by(messages.c.id)
        return [message_of_row(row) for row in await self.database.reader.rows(query)]

    async def until(self, return_id: str, *statuses: Status, count: int = 1) -> Sequence[Message]:
        """The messages of a return once there are so many, each in one of these states."""

        async def look() -> Sequence[Message] | None:
            found = await self.messages(return_id)
            ready = [message for message in found if message.status in statuses]
            return found if len(ready) == count else None

        return await eventually(look)

    async def parked(self) -> Sequence[Any]:
        """Events that could not be taken."""
        return await self.database.reader.rows(select(common.parked))

    async def published(self, type_: str, count: int) -> list[Envelope]:
        """What this service has told others, once there is so much of it."""

        async def look() -> list[Envelope] | None:
            found = [Envelope.decode(message.body) for message in self.bus.unrouted if message.type == type_]
            return found if len(found) >= count else None

        return await eventually(look)

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls,
        url: str,
        folder: Path,
        *,
        mail: MailTransport | None = None,
        clock: FakeClock | None = None,
        collecting: int = 0,
    ) -> AsyncIterator[Self]:
        """Run the service over a database; letters go into `folder` unless a mail is given.

        Receipts are collected for so many seconds.
        """
        settings = Settings(
            database_url=url,
            internal_key=SECRET,
            mail_url=f"file://{folder}",
            zone="Asia/Shanghai",
            collect_receipts_seconds=collecting,
        )
        database = open_database(url, common)
        bus, watch = InProcessBus(), clock or FakeClock()
        service = build(settings, database, bus, watch, mail)
        bus.run_in(service.loops)
        await service.start()
        tokens = InternalTokens(Name.NOTIFICATIONS, SECRET)
        transport = Sealing(service.app, tokens)
        try:
            async with httpx2.AsyncClient(
                transport=transport, base_url="http://notifications", event_hooks={"response": [as_documented]}
            ) as http:
                yield cls(service, bus, database, http, watch, tokens)
        finally:
            await service.stop()
