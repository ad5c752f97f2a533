"""The refunds service alone, with other services' events made by hand."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import httpx2
from sqlalchemy import Table, select

from service_refunds.adapters.publishing import publish
from service_refunds.adapters.queries import SqlQueries
from service_refunds.adapters.tables import balances, common, ledger_entries, metadata, refunds
from service_refunds.adapters.unit_of_work import RefundsUnitOfWork, RefundsUnits
from service_refunds.app import build
from service_refunds.application.settlement.execution import RefundExecution
from service_refunds.domain.settlement.provider import PaymentProvider
from service_refunds.settings import Settings
from shared.contracts import events
from shared.contracts.envelope import Envelope, Event
from shared.database.database import Database, open_database
from shared.database.reader import Row
from shared.database.repository import OutboxWriter
from shared.database.unit_of_work.transactions import Transactions
from shared.kernel.principal import Kind, Principal, Role
from shared.messaging.bus import Message, PendingAcks, Subscription
from shared.messaging.bus_in_process import InProcessBus
from shared.runtime.clock import new_id
from shared.web.internal_token import InternalTokens
from shared.web.service import RunningService
from tests.contract.clients.documented import as_documented
from tests.support.sealing import Sealing
from tests.support.waiting import eventually

T = TypeVar("T")

SECRET = "0123456789abcdef" * 2
START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    """A clock that a test moves."""

    moment: datetime = START

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, **time: float) -> None:
        self.moment += timedelta(**time)


@dataclass
class RecordingConsumer:
    """Sees every published event, as an outsider would."""

    seen: list[Envelope] = field(default_factory=list)

    async def take(self, bodies: Sequence[bytes]) -> PendingAcks:
        self.seen += [Envelope.decode(body) for body in bodies]
        return ()

    async def bury(self, body: bytes, reason: str) -> None:
        raise AssertionError(reason)


@dataclass
class RunningRefunds:
    """The service on one database, its loops running or not."""

    database: Database
    service: RunningService
    bus: InProcessBus
    clock: FakeClock
    http: httpx2.AsyncClient
    witness: RecordingConsumer
    transactions: Transactions[RefundsUnitOfWork]
    queries: SqlQueries
    sequences: dict[str, int] = field(default_factory=dict)

    async def tell(self, event: Event, subject: str, *, sequence: int | None = None, again: bool = False) -> None:
        """Another service has published this, and every consumer has dealt with it."""
        number = sequence or self.sequences.get(subject, 0) + (0 if again else 1)
        self.sequences[subject] = max(number, self.sequences.get(subject, 0))
        await self.deliver(an_envelope(event, subject, number))

    async def deliver(self, *envelopes: Envelope) -> None:
        """These very bytes, as often as a test likes."""
        messages = [Message(each.id, each.type, each.encode().encode()) for each in envelopes]
        assert await self.bus.publish(messages) == len(messages)

    async def returned(self, order: events.OrderImported, *units: str, **but: Any) -> str:
        """A return of the first line's units, approved; its id."""
        approved = an_approval(order, *units, **but)
        await self.tell(approved, approved.return_id)
        return approved.return_id

    async def accept(self, return_id: str, *units: str, line: str = "L1") -> None:
        """Inspection has accepted these units."""
        await self.tell(an_inspection(return_id, *units, line=line), f"insp_{return_id}")

    def cashier(self, provider: PaymentProvider) -> RefundExecution:
        """One by hand, for a service whose own jobs do not run."""
        return RefundExecution(provider, self.transactions, self.clock)

    async def rows(self, table: Table = refunds) -> Sequence[Row]:
        """A whole table."""
        return await self.database.reader.rows(select(table))

    async def refunds_in(self, *states: str) -> Sequence[Row]:
        """Refunds in these states."""
        return [row for row in await self.rows() if row["state"] in states]

    async def until(self, look: Callable[[], Awaitable[T]], seconds: float = 20) -> T:
        """The first true result."""
        return await eventually(look, seconds=seconds, every=0.01)

    async def get(self, path: str, who: Principal | None = None) -> httpx2.Response:
        """Ask, as finance unless somebody else asks."""
        return await self.http.get(path, headers=_as(who or FINANCE))

    async def put(self, path: str, body: Any, who: Principal | None = None) -> httpx2.Response:
        """Set, as an administrator."""
        return await self.http.put(path, json=body, headers=_as(who or ADMIN))


FINANCE = Principal(Kind.STAFF, "acc_finance", frozenset({Role.FINANCE}))
ADMIN = Principal(Kind.STAFF, "acc_admin", frozenset({Role.ADMIN}))


def a_customer(key: str) -> Principal:
    return Principal(Kind.CUSTOMER, key, frozenset({Role.CUSTOMER}))


def _as(who: Principal) -> dict[str, str]:
    return {"Authorization": f"Bearer {InternalTokens('refunds', SECRET).token(who)}"}


@contextlib.asynccontextmanager
async def running_refunds(
    url: str,
    *,
    provider: PaymentProvider | None = None,
    clock: FakeClock | None = None,
    loops: Sequence[str] | None = None,
) -> AsyncIterator[RunningRefunds]:
    """Start the service; only some `loops` when they are named (the consumers' own run always)."""
    clock = clock or FakeClock()
    database = open_database(url, common)
    bus = InProcessBus()
    witness = RecordingConsumer()
    service = build(Settings(database_url=url, internal_key=SECRET), database, bus, clock, provider=provider)
    bus.subscribe(Subscription("witness", ("refund",), witness.take, witness.bury))
    if loops is not None:
        service.loops.keep_only("commit", "sweep", *loops)
    bus.run_in(service.loops)
    units = RefundsUnits(database.reader, OutboxWriter("refunds", publish, clock, new_id))
    await service.start()
    transport = Sealing(service.app, InternalTokens("refunds", SECRET))
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://refunds", event_hooks={"response": [as_documented]}
    ) as http:
        try:
            yield RunningRefunds(
                database,
                service,
                bus,
                clock,
                http,
                witness,
                Transactions(units, database.committer),
                SqlQueries(database.reader, clock),
            )
        finally:
            await service.stop()


def an_envelope(event: Event, subject: str, sequence: int) -> Envelope:
    return Envelope(
        id=new_id("evt"),
        type=event.routing_key(),
        source="/retour/test",
        subject=subject,
        time=START,
        sequence=sequence,
        correlationid=subject,
        actor="service:test",
        data=event.model_dump(mode="json"),
    )


def an_order(**but: Any) -> events.OrderImported:
    """1 × 100.00 on a card, in the EU, unless told otherwise."""
    facts: dict[str, Any] = {
        "order_id": new_id("order"),
        "number": f"N-{uuid4().hex[:8]}",
        "storefront": "shop",
        "customer_id": "cus-1",
        "language": "en",
        "regime": events.Regime.EU,
        "currency": "EUR",
        "prices_include_tax": True,
        "ordered_at": START - timedelta(days=5),
        "lines": (a_line(),),
        "freight": events.Freight(paid_minor=0),
        "tenders": (a_tender(),),
    } | but
    total = sum(line.paid_minor for line in facts["lines"]) + facts["freight"].paid_minor
    return events.OrderImported(**{"total_minor": total, **facts})


def a_line(key: str = "L1", paid: int = 10_000, quantity: int = 1, **but: Any) -> events.OrderLine:
    unit = -(-paid // quantity)
    facts: dict[str, Any] = {
        "line_id": key,
        "sku": f"SKU-{key}",
        "name": f"Thing {key}",
        "quantity": quantity,
        "unit_price_minor": unit,
        "discount_minor": unit * quantity - paid,
        "paid_minor": paid,
    } | but
    return events.OrderLine(**facts)


def a_tender(key: str = "T1", captured: int = 10_000, kind: str = "card") -> events.Tender:
    return events.Tender(tender_id=key, kind=events.TenderKind(kind), captured_minor=captured, reference=f"ch_{key}")


def an_approval(order: events.OrderImported, *units: str, **but: Any) -> events.ReturnApproved:
    facts: dict[str, Any] = {
        "return_id": new_id("ret"),
        "rma": "RMA-1",
        "order_id": order.order_id,
        "customer_id": order.customer_id,
        "language": "zh-CN",
        "automatic": True,
        "units": tuple(a_unit(unit) for unit in units),
        "address": events.ReturnAddress(
            warehouse="WH-1", recipient="Returns", lines=("1 Road",), contact="Desk", phone="+49 1"
        ),
        "carriers": ("DHL",),
        "freight_payer": events.FreightPayer.CUSTOMER,
        "freight_amount": None,
        "statutory_withdrawal": True,
        "whole_order": False,
        "ship_by": date(2026, 12, 10),
    } | but
    return events.ReturnApproved(**facts)


def a_unit(key: str, line: str = "L1", fault: events.Fault = events.Fault.CUSTOMER) -> events.ApprovedUnit:
    return events.ApprovedUnit(
        unit_id=key, line_id=line, sku=f"SKU-{line}", name="Thing", reason="changed_mind", fault=fault
    )


def an_inspection(
    return_id: str, *units: str, line: str = "L1", result: str = "accepted"
) -> events.InspectionCompleted:
    return events.InspectionCompleted(
        return_id=return_id,
        units=tuple(
            events.InspectedUnit(unit_id=unit, line_id=line, result=events.UnitResult(result), grade="A")
            for unit in units
        ),
        complete=True,
    )


async def assert_books_balance(house: RunningRefunds) -> None:
    """What must be true at every moment: postings sum to nothing, balances equal the fold of the refunds."""
    postings: dict[str, int] = {}
    for entry in await house.rows(ledger_entries):
        postings[entry["posting_id"]] = postings.get(entry["posting_id"], 0) + entry["amount_minor"]
    assert set(postings.values()) <= {0}
    reserved: dict[str, int] = {}
    settled: dict[str, int] = {}
    refunds, guards = await _at_one_moment(house)
    for row in refunds:
        for payout in row["payouts"]:
            amount = payout["amount"]["minor"]
            if payout["state"] == "settled":
                settled[row["order_id"]] = settled.get(row["order_id"], 0) + amount
            elif payout["state"] not in ("failed", "stopped"):
                reserved[row["order_id"]] = reserved.get(row["order_id"], 0) + amount
    for row in guards:
        assert row["reserved_minor"] + row["settled_minor"] <= row["cap_minor"]
        if (row["kind"], row["key"]) == ("order", "captured"):
            assert row["reserved_minor"] == reserved.get(row["order_id"], 0)
            assert row["settled_minor"] == settled.get(row["order_id"], 0)


async def _at_one_moment(house: RunningRefunds) -> tuple[Any, Any]:
    """Refunds and balances as they were together: nothing was saved between the two readings."""
    while True:
        before, guards = await house.rows(), await house.rows(balances)
        if await house.rows() == before:
            return before, guards


async def a_database(engines: Any) -> str:
    """The URL of an empty one of this service."""
    url: str = await engines.make(metadata, common, word="refunds")
    return url
