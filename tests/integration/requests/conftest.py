"""A requests service of a test's own on both engines; the other services are played by what they publish."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx2 as httpx
import pytest

from service_requests.adapters.tables import common, metadata
from service_requests.app import build
from service_requests.settings import Settings
from shared.contracts import events
from shared.contracts.envelope import Envelope, Event
from shared.database.database import open_database
from shared.kernel.principal import Kind, Principal, Role
from shared.messaging.bus import Message, PendingAcks, Subscription
from shared.messaging.bus_in_process import InProcessBus
from shared.runtime.clock import new_id
from shared.web.internal_token import InternalTokens
from shared.web.service import RunningService
from tests.conftest import Engines
from tests.contract.clients.documented import as_documented
from tests.support.sealing import Sealing
from tests.support.waiting import eventually
from tests.support.world import an_order

SECRET: Final = "requests-tests-internal-key-0123456789"
TUESDAY: Final = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
BOUGHT: Final = {"ordered_at": "2026-11-18T09:00:00Z", "delivered_at": "2026-11-20T09:00:00Z"}
"""The days of an order, seen from there."""

SHOP: Final = Principal(
    Kind.SYSTEM,
    "shop",
    frozenset({Role.STOREFRONT}),
    frozenset({"orders:write", "orders:read", "returns:write", "returns:read", "policy:read"}),
)
ANNA: Final = Principal(Kind.CUSTOMER, "anna", frozenset({Role.CUSTOMER}))
BERT: Final = Principal(Kind.CUSTOMER, "bert", frozenset({Role.CUSTOMER}))
AGENT: Final = Principal(Kind.STAFF, "li", frozenset({Role.AGENT}))

ADMIN: Final = Principal(Kind.STAFF, "wang", frozenset({Role.ADMIN}))

Json = dict[str, Any]


class MovableClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = TUESDAY

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Later by so much."""
        self.now += timedelta(**by)


class RequestsService:
    """The service as its callers and the other services meet it."""

    def __init__(self, service: RunningService, bus: InProcessBus, clock: MovableClock) -> None:
        self.service = service
        self.bus = bus
        self.clock = clock
        self.told: list[Envelope] = []
        self._sequences: dict[str, int] = {}
        self._tokens = InternalTokens("requests", SECRET)
        self._http = httpx.AsyncClient(
            transport=Sealing(service.app, self._tokens),
            base_url="http://requests",
            event_hooks={"response": [as_documented]},
        )

    async def post(
        self, path: str, body: Any, by: Principal, *, key: str | None = None, **headers: str
    ) -> httpx.Response:
        """As this caller, with a fresh key unless one is given."""
        sent = {**self._known(by), "Idempotency-Key": key or new_id("key"), **headers}
        return await self._http.post(path, json=body, headers=sent)

    async def put(
        self, path: str, body: Any, by: Principal, *, version: str | None = "*", key: str | None = None
    ) -> httpx.Response:
        """The answer, whatever it is. Where a version is needed it is any, unless one is named, or None is."""
        needed = path.endswith(("/tags", "/metadata"))
        named = {"If-Match": version if needed else None, "Idempotency-Key": key}
        sent = self._known(by) | {name: value for name, value in named.items() if value is not None}
        return await self._http.put(path, json=body, headers=sent)

    async def delete(self, path: str, by: Principal) -> httpx.Response:
        """The answer, whatever it is."""
        return await self._http.delete(path, headers=self._known(by))

    async def send(self, path: str, content: bytes, by: Principal, **headers: str) -> httpx.Response:
        """Bytes as they are; underscores in names of headers are hyphens."""
        spelt = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._http.post(path, content=content, headers={**self._known(by), **spelt})

    async def good(self, path: str, body: Any, by: Principal, **more: str) -> Json:
        """What a 2xx holds."""
        answer = await self.post(path, body, by, **more)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        found: Json = answer.json()
        return found

    async def look(self, path: str, by: Principal = AGENT, **query: Any) -> httpx.Response:
        """The answer, whatever it is."""
        return await self._http.get(path, params=query, headers=self._known(by))

    async def look_again(self, path: str, by: Principal, tag: str) -> httpx.Response:
        """The answer to somebody who has what this tag names."""
        return await self._http.get(path, headers={**self._known(by), "If-None-Match": tag})

    async def see(self, path: str, by: Principal = AGENT, **query: Any) -> Json:
        """The document."""
        answer = await self.look(path, by, **query)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def order(self, customer: Principal = ANNA, **but: Any) -> Json:
        """An order that the shop has pushed: two coats, one scarf, EU."""
        return await self.good("/v1/orders", an_order(customer.id, **{**BOUGHT, **but}), SHOP)

    async def request(
        self, order: Json, by: Principal = ANNA, *, line: str = "L1", quantity: int = 1, **but: Any
    ) -> Json:
        """A request for some of one line."""
        return await self.good("/v1/returns", a_wish(order, line=line, quantity=quantity, **but), by)

    async def happen(self, event: Event, subject: str, *, sequence: int | None = None) -> Envelope:
        """Another service tells of this; ours has dealt with it, or put it aside."""
        if sequence is None:
            sequence = self._sequences.get(subject, 0) + 1
        self._sequences[subject] = max(sequence, self._sequences.get(subject, 0))
        envelope = Envelope(
            id=new_id("evt"),
            type=event.routing_key(),
            source="/retour/tests",
            subject=subject,
            time=self.clock(),
            sequence=sequence,
            correlationid=event.return_id,  # type: ignore[attr-defined]  # every event we follow has one
            actor="service:tests",
            data=event.model_dump(mode="json"),
        )
        await self.again(envelope)
        return envelope

    async def again(self, envelope: Envelope) -> None:
        """The same bytes once more."""
        await self.bus.publish([Message(envelope.id, envelope.type, envelope.encode().encode())])

    async def parked(self) -> Sequence[Any]:
        """Events that wait or are dead."""
        return await self.service.database.reader.rows(common.parked.select())

    async def events(self, subject: str, number: int) -> Sequence[Envelope]:
        """What others were told about this return, once there are at least so many events."""

        async def enough() -> list[Envelope] | None:
            found = [envelope for envelope in self.told if envelope.subject == subject]
            return found if len(found) >= number else None

        found = await eventually(enough)
        assert [envelope.sequence for envelope in found] == list(range(1, len(found) + 1))
        return found

    async def close(self) -> None:
        """Everything goes."""
        await self._http.aclose()
        await self.service.stop()

    def _known(self, by: Principal) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens.token(by)}"}


def a_wish(order: Json, *, line: str = "L1", quantity: int = 1, **but: Any) -> Json:
    """The body of a request for some of one line, for a change of mind unless told otherwise."""
    asked = {"line_id": line, "quantity": quantity, "reason": "changed_mind", "condition": "unopened"}
    top: Json = {name: but.pop(name) for name in ("channel", "customer_id") if name in but}
    return {"order_id": order["id"], "lines": [{**asked, **but}], **top}


class Others:
    """The three other services, as far as one return is concerned."""

    def __init__(self, requests_service: RequestsService, found: Json) -> None:
        self._desk = requests_service
        self.id = found["id"]
        self.units = {unit["id"]: unit["line_id"] for unit in found["units"]}
        self._order_id = found["order_id"]

    async def receive(self, *units: str, received_at: datetime | None = None) -> None:
        """The dock."""
        by = self._desk.clock() + timedelta(days=1)
        event = events.InspectionReceived(
            return_id=self.id,
            receipt_id=new_id("rcp"),
            warehouse="WH-1",
            units=tuple(events.ReceivedUnit(unit_id=unit, line_id=self.units[unit]) for unit in units),
            complete=len(units) == len(self.units),
            inspect_by=by,
            received_at=received_at,
        )
        await self._desk.happen(event, f"insp-{self.id}")

    async def inspect(self, *units: str, passed: bool = True) -> None:
        """The service of inspection."""
        result = events.UnitResult.ACCEPTED if passed else events.UnitResult.FAILED
        event = events.InspectionCompleted(
            return_id=self.id,
            units=tuple(
                events.InspectedUnit(unit_id=unit, line_id=self.units[unit], result=result, grade="A") for unit in units
            ),
            complete=True,
        )
        await self._desk.happen(event, f"insp-{self.id}")

    async def question(self, discrepancy_id: str, kind: str, *, answer_in: int | None = 1) -> None:
        """The warehouse asks about one coat."""
        by = None if answer_in is None else self._desk.clock() + timedelta(days=answer_in)
        event = events.InspectionQuestioned(
            return_id=self.id, discrepancy_id=discrepancy_id, kind=kind, sku="COAT-M", quantity=1, answer_by=by
        )
        await self._desk.happen(event, f"insp-{self.id}")

    async def clear(self, discrepancy_id: str, kind: str, outcome: str, reason: str | None = None) -> None:
        """A person has answered the question."""
        event = events.InspectionCleared(
            return_id=self.id,
            discrepancy_id=discrepancy_id,
            kind=kind,
            sku="COAT-M",
            quantity=1,
            outcome=outcome,
            reason=reason,
            cleared_at=self._desk.clock(),
        )
        await self._desk.happen(event, f"insp-{self.id}")

    async def decide(self, *units: str, accept: bool) -> None:
        """A person in the warehouse."""
        decision = events.UnitDecision.ACCEPT if accept else events.UnitDecision.REFUSE
        event = events.InspectionDecided(
            return_id=self.id,
            customer_id="anna",
            language="en",
            units=tuple(
                events.DecidedUnit(unit_id=unit, line_id=self.units[unit], decision=decision) for unit in units
            ),
            complete=True,
        )
        await self._desk.happen(event, f"insp-{self.id}")

    async def correct(self, standings: dict[str, str]) -> None:
        """Inspection takes back what it told: the new standing of each unit."""
        event = events.InspectionCorrected(
            return_id=self.id,
            cause=new_id("ins"),
            customer_id="anna",
            language="en",
            units=tuple(
                events.CorrectedUnit(
                    unit_id=unit, line_id=self.units[unit], standing=events.UnitStanding(standing), grade="D"
                )
                for unit, standing in standings.items()
            ),
            complete=True,
            corrected_at=self._desk.clock(),
        )
        await self._desk.happen(event, f"insp-{self.id}")

    async def stop_refund(self, refund_id: str, *units: str, minor: int = 9231) -> None:
        """A correction has stopped the refund."""
        event = events.RefundStopped(
            refund_id=refund_id,
            return_id=self.id,
            order_id=self._order_id,
            units=units,
            amount=events.Amount(amount_minor=minor, currency="EUR"),
            components=(events.Component(name="goods", amount_minor=minor),),
            stopped_at=self._desk.clock(),
        )
        await self._desk.happen(event, refund_id)

    async def open_refund(
        self, refund_id: str, *units: str, minor: int = 9231, pay_in: int = 7, remainder: int = 0
    ) -> None:
        """Money is reserved, to be paid in so many days."""
        event = events.RefundOpened(
            refund_id=refund_id,
            return_id=self.id,
            order_id=self._order_id,
            amount=events.Amount(amount_minor=minor, currency="EUR"),
            components=(events.Component(name="goods", amount_minor=minor),),
            tenders=(),
            units=units,
            pay_by=self._desk.clock() + timedelta(days=pay_in),
            remainder=events.Amount(amount_minor=remainder, currency="EUR") if remainder else None,
        )
        await self._desk.happen(event, refund_id)

    async def close_remainder(self, refund_id: str, minor: int, outcome: str = "paid_otherwise") -> None:
        """A person has settled what no payment could give back."""
        event = events.RefundRemainderClosed(
            refund_id=refund_id,
            return_id=self.id,
            order_id=self._order_id,
            amount=events.Amount(amount_minor=minor, currency="EUR"),
            outcome=events.RemainderEnd(outcome),
            closed_at=self._desk.clock(),
        )
        await self._desk.happen(event, refund_id)

    async def settle(self, refund_id: str, *units: str, minor: int = 9231) -> None:
        """Money is paid."""
        event = events.RefundSettled(
            refund_id=refund_id,
            return_id=self.id,
            order_id=self._order_id,
            customer_id="anna",
            language="en",
            amount=events.Amount(amount_minor=minor, currency="EUR"),
            components=(events.Component(name="goods", amount_minor=minor),),
            tenders=(),
            units=units,
            settled_at=self._desk.clock(),
        )
        await self._desk.happen(event, refund_id)

    async def fail(self, refund_id: str) -> None:
        """The provider says no."""
        event = events.RefundFailed(
            refund_id=refund_id, return_id=self.id, order_id=self._order_id, code="account_closed"
        )
        await self._desk.happen(event, refund_id)

    async def tell(self, kind: str, tells: str, channel: str = "email") -> None:
        """A message leaves, or a person tells the customer."""
        message = new_id("msg")
        event = events.MessageSent(message_id=message, return_id=self.id, kind=kind, channel=channel, tells=tells)
        await self._desk.happen(event, message)

    async def drop(self, kind: str, tells: str) -> None:
        """Nobody needs the message any more."""
        message = new_id("msg")
        event = events.MessageDropped(
            message_id=message,
            return_id=self.id,
            kind=kind,
            channel="email",
            tells=tells,
            cause=events.DropCause.NOT_NEEDED,
        )
        await self._desk.happen(event, message)

    async def fail_to_tell(self, kind: str) -> None:
        """A message bounces."""
        message = new_id("msg")
        event = events.MessageFailed(
            message_id=message, return_id=self.id, kind=kind, channel="email", code="no_such_mailbox"
        )
        await self._desk.happen(event, message)

    async def pay(self, refund_id: str, *units: str, minor: int = 9231) -> None:
        """Opened, settled, told."""
        await self.open_refund(refund_id, *units, minor=minor)
        await self.settle(refund_id, *units, minor=minor)
        await self.tell("refund_settled", refund_id)


@pytest.fixture
async def requests_service(engines: Engines) -> AsyncIterator[RequestsService]:
    """A running requests service."""
    url = await engines.make(metadata, common, word="requests")
    bus = InProcessBus()
    clock = MovableClock()
    service = build(Settings(database_url=url, internal_key=SECRET), open_database(url, common), bus, clock)
    made = RequestsService(service, bus, clock)

    async def witness(bodies: Sequence[bytes]) -> PendingAcks:
        made.told += [Envelope.decode(body) for body in bodies]
        return ()

    async def bury(body: bytes, reason: str) -> None:
        raise AssertionError(reason)

    bus.subscribe(Subscription("tests.witness", ("return", "order"), witness, bury))
    bus.run_in(service.loops)
    await service.start()
    yield made
    await made.close()
