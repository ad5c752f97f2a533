"""An inspection service of a test's own on both engines, a bus that is listened to, and a clock that can be moved."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import httpx2 as httpx
import pytest

from service_inspection.adapters.queries import SqlQueries
from service_inspection.adapters.tables import common, metadata
from service_inspection.app import build
from service_inspection.application.inspection.scan_count import CountingRules
from service_inspection.entrypoints import jobs
from service_inspection.entrypoints.jobs import Jobs
from service_inspection.settings import Settings
from shared.contracts import events
from shared.contracts.envelope import Envelope, Event
from shared.database.database import open_database
from shared.database.unit_of_work.transactions import Transactions
from shared.documents.calendars import load_calendars
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

SECRET: Final = "inspection-tests-internal-key-0123456789"
MONDAY: Final = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)

DOCK: Final = Principal(Kind.DEVICE, "dock1", frozenset({Role.DEVICE}), warehouse="SHA1")
PERSON: Final = Principal(Kind.STAFF, "wang", frozenset({Role.WAREHOUSE, Role.AGENT}))
AGENT: Final = Principal(Kind.STAFF, "li", frozenset({Role.AGENT}))


class InspectionService:
    """The service as the others see it: by HTTP and by events."""

    def __init__(self, service: RunningService, bus: InProcessBus, clock: "MovableClock") -> None:
        self.service = service
        self.bus = bus
        self.clock = clock
        database = service.database
        counting = CountingRules(load_calendars(), "CN", new_id)
        units = service.api.state.units
        self.jobs = Jobs(
            transactions=Transactions(units, database.committer),
            queries=SqlQueries(database.reader),
            counting=counting,
            clock=clock,
            late_match=units.late_match,
        )
        self.told: list[Envelope] = []
        self.heard: list[Envelope] = []
        self._sequences: dict[str, int] = {}
        self._tokens = InternalTokens("inspection", SECRET)
        self._http = httpx.AsyncClient(
            transport=Sealing(service.app, self._tokens),
            base_url="http://inspection",
            event_hooks={"response": [as_documented]},
        )

    async def approve(
        self,
        *skus: str,
        rma: str = "R7KX-2M4Q",
        return_id: str | None = None,
        language: str = "zh-CN",
        calendar: str | None = "CN",
        rights: tuple[events.LineRight, ...] = (),
        fault: events.Fault = events.Fault.CARRIER,
    ) -> str:
        """A return of these articles, one unit each, is approved; its id. Its goods are expected at another warehouse
        than the one whose scanners speak.
        """
        return_id = return_id or new_id("ret")
        units = tuple(
            events.ApprovedUnit(
                unit_id=f"{return_id}_{n}",
                line_id=f"line_{sku}",
                sku=sku,
                name=sku,
                reason="broken",
                fault=fault,
            )
            for n, sku in enumerate(skus)
        )
        await self.happen(
            events.ReturnApproved(
                return_id=return_id,
                rma=rma,
                order_id="order_1",
                customer_id="cust_1",
                language=language,
                automatic=True,
                units=units,
                address=events.ReturnAddress(warehouse="WUX2", recipient="R", lines=("1",), contact="C", phone="1"),
                carriers=("sf",),
                freight_payer=events.FreightPayer.MERCHANT,
                statutory_withdrawal=True,
                whole_order=False,
                ship_by=date(2026, 11, 30),
                working_calendar=calendar,
                rights=rights,
            ),
            return_id,
        )
        return return_id

    async def happen(self, event: Event, return_id: str) -> None:
        """Another service tells of this, and ours has dealt with it."""
        self._sequences[return_id] = sequence = self._sequences.get(return_id, 0) + 1
        envelope = Envelope(
            id=new_id("evt"),
            type=event.routing_key(),
            source="/retour/requests",
            subject=return_id,
            time=self.clock(),
            sequence=sequence,
            correlationid=return_id,
            actor="customer:cust_1",
            data=event.model_dump(mode="json"),
        )
        self.heard.append(envelope)
        await self.bus.publish([Message(envelope.id, envelope.type, envelope.encode().encode())])

    async def scan(
        self, event: str, *skus: str, rma: str = "R7KX-2M4Q", by: Principal = DOCK, **more: Any
    ) -> httpx.Response:
        """The dock scans pieces, one item each."""
        body = {
            "client_event_id": event,
            "rma": rma,
            "items": [{"sku": sku, "quantity": 1} for sku in skus],
            "scanned_at": "2026-11-12T09:30:00+08:00",
            **more,
        }
        return await self.post("/v1/receipts", body, by)

    async def look(
        self, event: str, *verdicts: tuple[str, str], rma: str = "R7KX-2M4Q", by: Principal = DOCK
    ) -> httpx.Response:
        """The bench gives verdicts: pairs of article and outcome."""
        units = [
            {
                "sku": sku,
                "quantity": 1,
                "outcome": outcome,
                "grade": "A" if outcome == "passed" else "D",
                "findings": [{"check": "undamaged", "passed": outcome == "passed"}],
            }
            for sku, outcome in verdicts
        ]
        body = {"client_event_id": event, "rma": rma, "units": units, "scanned_at": "2026-11-13T11:00:00+08:00"}
        return await self.post("/v1/inspections", body, by)

    async def decide(
        self, return_id: str, decisions: dict[str, str], *, by: Principal = AGENT, key: str | None = None
    ) -> httpx.Response:
        """A person decides about units."""
        units = [{"unit_id": unit, "decision": decision} for unit, decision in decisions.items()]
        body = {"units": units, "reason": "looked at the photographs"}
        headers = {"Idempotency-Key": key or new_id("key")}
        return await self.post(f"/v1/inspections/{return_id}/decision", body, by, headers)

    async def post(self, path: str, body: Any, by: Principal, headers: dict[str, str] | None = None) -> httpx.Response:
        """As this caller."""
        return await self._http.post(path, json=body, headers=self._known(by) | (headers or {}))

    async def post_bytes(self, path: str, body: bytes, by: Principal = DOCK) -> httpx.Response:
        """JSON as somebody else writes it."""
        return await self._http.post(
            path, content=body, headers={**self._known(by), "Content-Type": "application/json"}
        )

    async def get(self, path: str, by: Principal = AGENT, **query: Any) -> Any:
        """The document."""
        answer = await self._http.get(path, params=query, headers=self._known(by))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, path: str, by: Principal, **query: Any) -> httpx.Response:
        """The answer, whatever it is."""
        return await self._http.get(path, params=query, headers=self._known(by))

    async def notice_overdue(self) -> None:
        """What the job does in one round."""
        for return_id in await self.jobs.queries.due(self.clock(), 100):
            await self.jobs.notice(return_id)

    async def events(self, return_id: str, number: int) -> Sequence[tuple[str, dict[str, Any]]]:
        """What others were told about this return, once there are at least so many events."""

        async def enough() -> list[Envelope] | None:
            found = [envelope for envelope in self.told if envelope.subject == return_id]
            return found if len(found) >= number else None

        found = await eventually(enough)
        assert [envelope.sequence for envelope in found] == list(range(1, len(found) + 1))
        assert {envelope.correlationid for envelope in found} == {return_id}
        return [(envelope.type, envelope.data) for envelope in found]

    async def close(self) -> None:
        """Everything goes."""
        await self._http.aclose()
        await self.service.stop()

    def _known(self, by: Principal) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens.token(by)}"}


class MovableClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Later by so much."""
        self.now += timedelta(**by)


@pytest.fixture
def match_seconds() -> float:
    """The pause of the match job; a test that wants another one names it as a parameter."""
    return jobs.MATCH_SECONDS


@pytest.fixture
async def inspection_service(
    engines: Engines, monkeypatch: pytest.MonkeyPatch, match_seconds: float
) -> AsyncIterator[InspectionService]:
    """A running inspection service."""
    monkeypatch.setattr(jobs, "MATCH_SECONDS", match_seconds)
    url = await engines.make(metadata, common, word="inspection")
    bus = InProcessBus()
    clock = MovableClock()
    service = build(Settings(database_url=url, internal_key=SECRET), open_database(url, common), bus, clock)
    made = InspectionService(service, bus, clock)

    async def witness(bodies: Sequence[bytes]) -> PendingAcks:
        made.told += [Envelope.decode(body) for body in bodies]
        return ()

    async def bury(body: bytes, reason: str) -> None:
        raise AssertionError(reason)

    bus.subscribe(Subscription("tests.witness", ("inspection",), witness, bury))
    bus.run_in(service.loops)
    await service.start()
    yield made
    await made.close()
