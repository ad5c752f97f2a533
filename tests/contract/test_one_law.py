"""Z11: for any days, regimes, calendars and terms every service says the day that the law pack says.

Each service is given what really travels: the events as JSON. What it answers is compared with the engine's decision
about the same case, and with somebody who walks through the days one by one.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

from service_inspection.application.inspection.scan_count import CountingRules
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.entrypoints.consumers import consumers as consumers_of_inspection
from service_refunds.application.settlement.opening import Opening
from service_refunds.domain.events import OrderRecorded
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_return import KnownReturn
from service_refunds.domain.ledger.balance import Balance, BalanceKey
from service_refunds.domain.settlement.refund import Refund
from service_refunds.entrypoints.consumers import consumers as consumers_of_refunds
from service_requests.adapters.publishing import publish
from service_requests.domain.eligibility.assessor import assess_request
from service_requests.domain.eligibility.case import Progress
from service_requests.domain.eligibility.case_of_order import case_of
from service_requests.domain.eligibility.engine import decide_with
from service_requests.domain.orders.order import Order, OrderImported
from service_requests.domain.orders.order_part import OrderFreight, Tender
from service_requests.domain.orders.policy_of_order import policy_of
from service_requests.domain.policy.condition import When
from service_requests.domain.policy.policy import RefundRow
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.policy.term import RefundClock
from service_requests.domain.policy.vocabulary import Cause, Fault
from service_requests.domain.returns.events import Shipped
from service_requests.domain.returns.order_facts import OrderFacts
from service_requests.domain.returns.shipment import Shipment
from shared.contracts import events
from shared.contracts.envelope import Event
from shared.kernel.calendar import ONE_DAY, WorkingCalendar
from shared.kernel.period import Period, PeriodUnit
from shared.kernel.refund_term import Milestone
from shared.messaging.inbox import Consumer
from tests.unit.requests.builders import RMA, RULES, a_line, a_requested_line, a_return

CURRENCY: Final = {"CN": "CNY", "EU": "EUR", "UK": "GBP", "US": "USD"}
FIRST: Final = datetime(2024, 3, 1, tzinfo=UTC)
LAST: Final = datetime(2026, 12, 1, tzinfo=UTC)


@dataclass
class Memory:
    """A unit of work over plain dictionaries, for whichever service."""

    kept: dict[str, Any] = field(default_factory=dict)
    opened: list[Refund] = field(default_factory=list)

    @property
    def orders(self) -> "Memory":
        return self

    @property
    def returns(self) -> "Memory":
        return self

    @property
    def inspections(self) -> "Memory":
        return self

    @property
    def refunds(self) -> "Opened":
        return Opened(self.opened)

    @property
    def scans(self) -> "Memory":
        return self

    async def unidentified(self, _: str) -> Sequence[Any]:
        return ()

    async def find(self, key: str) -> Any:
        return self.kept.get(key)

    async def read(self, key: str) -> Any:
        return self.kept.get(key)

    def add(self, aggregate: KnownOrder | KnownReturn | ReturnInspection) -> None:
        self.kept[aggregate.id] = aggregate

    async def refunds_of(self, _: str) -> Sequence[Refund]:
        return self.opened

    async def balances_of(self, order_id: str) -> Mapping[BalanceKey, Balance]:
        found = [
            each for event in self.kept[order_id].events if isinstance(event, OrderRecorded) for each in event.balances
        ]
        return {(balance.kind, balance.key): balance for balance in found}


@dataclass
class Opened:
    """Refunds that were opened."""

    kept: list[Refund]

    def add(self, aggregate: Refund) -> None:
        self.kept.append(aggregate)


@dataclass(frozen=True, slots=True)
class Facts:
    """A return's moments, and under what it stands."""

    regime: str
    calendar: WorkingCalendar
    stated_at: datetime
    goods_in_at: datetime
    agreed_at: datetime
    sent_at: datetime | None
    reason: str
    own: RefundClock | None

    @property
    def cause(self) -> Cause:
        return Cause.DEFECT if self.reason == "wrong_item" else Cause.CHANGE_OF_MIND

    def rules(self) -> Rulebook:
        """Our rules with this calendar in place of the regime's, and this clock as the policy's own."""
        policies = RULES.policies
        if self.own is not None:
            policies = tuple(replace(each, refunds=(RefundRow("own", When({}), self.own),)) for each in policies)
        name = RULES.regimes[self.regime].calendar
        return Rulebook(policies, RULES.regimes, {**RULES.calendars, name: self.calendar})


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    stated_at = draw(st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None))).replace(tzinfo=UTC)
    regime = draw(st.sampled_from(sorted(RULES.regimes)))
    calendar = RULES.calendars[RULES.regimes[regime].calendar]
    if draw(st.booleans()):
        near = st.integers(0, 60).map(lambda days: stated_at.date() + timedelta(days=days))
        days = st.frozensets(near, max_size=40)
        holidays = draw(days)
        calendar = replace(
            calendar,
            zone=draw(st.sampled_from(["Asia/Shanghai", "Europe/Lisbon", "America/Los_Angeles", "Pacific/Kiritimati"])),
            weekdays=draw(st.sampled_from([frozenset(range(5)), frozenset(range(6)), frozenset({0})])),
            closes=draw(st.sampled_from([17 * 60, 18 * 60, 24 * 60])),
            holidays=holidays,
            make_up_days=draw(days) - holidays,
        )
    later = st.timedeltas(timedelta(), timedelta(days=40))
    goods_in_at = stated_at + draw(later)
    own = st.builds(
        RefundClock,
        st.sampled_from(Cause),
        st.builds(Period, st.integers(1, 20), st.sampled_from(PeriodUnit)),
        st.lists(st.sampled_from(Milestone), min_size=1, max_size=3, unique=True).map(tuple),
        st.lists(st.sampled_from(Milestone), max_size=2, unique=True).map(tuple),
    )
    return Facts(
        regime,
        calendar,
        stated_at,
        goods_in_at,
        goods_in_at + draw(later),
        draw(st.none() | later.map(lambda time: stated_at + time)),
        draw(st.sampled_from(["changed_mind", "wrong_item"])),
        draw(st.none() | own),
    )


def an_order(told: Facts) -> Order:
    """One coat, delivered two days before the statement."""
    line = a_line(quantity=1, paid_minor=20000, unit_price_minor=20000)
    return Order(
        id="order_1",
        number="N-1",
        storefront="shop",
        customer_id="anna",
        language="en",
        regime=told.regime,
        currency=CURRENCY[told.regime],
        prices_include_tax=True,
        ordered_at=told.stated_at - timedelta(days=5),
        delivered_at=told.stated_at - timedelta(days=2),
        lines=(line,),
        freight=OrderFreight(0),
        tenders=(Tender("T1", "card", 20000, "ch_1"),),
        total_minor=20000,
        created_at=told.stated_at - timedelta(days=4),
    )


def by_the_law_pack(told: Facts) -> date | None:
    """What the engine decides when it is told the whole progress; a defect without a clock as a change of mind."""
    order, rules = an_order(told), told.rules()
    progress = Progress(told.sent_at, told.goods_in_at, told.agreed_at)
    for reason in (told.reason, "changed_mind"):
        wanted = (a_requested_line(reason=reason),)
        case = replace(case_of(order, wanted, policy_of(rules, order), told.stated_at), progress=progress)
        for deadline in decide_with(rules, case, told.stated_at).units[0].deadlines:
            if deadline.name == "refund_by":
                return deadline.day
    return None


def as_published(told: Facts) -> Sequence[Event]:
    """What requests tells the others: the order, the approval, the parcel."""
    order, rules = an_order(told), told.rules()
    wanted = (a_requested_line(reason=told.reason),)
    verdict = assess_request(rules, order, wanted, stated_at=told.stated_at, at=told.stated_at)
    found = a_return(1, order=OrderFacts.of(order), created_at=told.stated_at)
    fault = Fault.MERCHANT if told.cause is Cause.DEFECT else Fault.CUSTOMER
    found.lines = (replace(found.lines[0], reason=told.reason, fault=fault),)
    found.review.referral = verdict.reasons
    found.approve(verdict, by="li", at=told.stated_at + timedelta(hours=1), rma=RMA, note=None)
    published = [publish(order, OrderImported()), publish(found, found.events[-1])]  # type: ignore[arg-type]
    if told.sent_at is not None:
        found.ship(Shipment("shp_1", "dhl", "JD1", told.sent_at), None)
        assert isinstance(found.events[-1], Shipped)
        published.append(publish(found, found.events[-1]))
    return [each.event for each in published if each is not None]


def by_refunds(told: Facts) -> tuple[date | None, datetime]:
    """The day that refunds counts, and the moment that it keeps."""
    memory = Memory()
    calendars = told.rules().calendars
    (order, approval, *parcel) = as_published(told)
    arrival = events.InspectionReceived(
        return_id="ret_1",
        receipt_id="rcp_1",
        warehouse="WH-1",
        units=(events.ReceivedUnit(unit_id="unit_1", line_id="L1"),),
        complete=True,
        inspect_by=told.goods_in_at,
        received_at=told.goods_in_at,
    )
    look = events.InspectedUnit(unit_id="unit_1", line_id="L1", result=events.UnitResult.ACCEPTED, grade="A")
    accepted = events.InspectionCompleted(return_id="ret_1", units=(look,), complete=True, inspected_at=told.agreed_at)
    late = told.agreed_at + timedelta(days=60)
    apply_events(consumers_of_refunds(lambda: late, Opening(lambda kind: f"{kind}_1", calendars)), memory,
         order, approval, *parcel, arrival, accepted)  # fmt: skip
    [refund] = memory.opened
    return refund.terms.pay_by_day, refund.terms.pay_by


def by_inspection(told: Facts) -> datetime:
    """When inspection promises its result."""
    memory = Memory()
    counting = CountingRules(told.rules().calendars, "CN", lambda kind: f"{kind}_1")
    apply_events(consumers_of_inspection(counting, lambda: told.stated_at), memory, as_published(told)[1])
    return counting.inspect_by(memory.kept["ret_1"], told.goods_in_at)


def apply_events(consumers: Sequence[Consumer[Any]], memory: Memory, *events: Event) -> None:
    """Each event, as JSON, by whoever follows it."""

    async def run() -> None:
        for event in events:
            read = type(event).model_validate_json(event.model_dump_json())
            for consumer in consumers:
                if type(event) in consumer.handlers:
                    await consumer.handlers[type(event)](read, memory)

    asyncio.run(run())


def walked(told: Facts) -> date:
    """The day by the four laws, counted on one's fingers."""
    calendar = told.calendar
    stated, goods_in, agreed = map(calendar.day_of, (told.stated_at, told.goods_in_at, told.agreed_at))
    shown = min(goods_in, calendar.day_of(told.sent_at)) if told.sent_at is not None else goods_in
    if told.regime == "CN":
        return goods_in + timedelta(days=7)
    if told.regime == "EU":
        return max(stated + timedelta(days=14), shown)
    if told.regime == "UK":
        return (agreed if told.cause is Cause.DEFECT else shown) + timedelta(days=14)
    day, left = agreed, 7
    while left:
        day += ONE_DAY
        left -= worked(calendar, day)
    return day


def worked(calendar: WorkingCalendar, day: date) -> bool:
    return day in calendar.make_up_days or (day.weekday() in calendar.weekdays and day not in calendar.holidays)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


THE_EXAMPLE: Final = Facts(
    "EU",
    RULES.calendars["EU"],
    moment("2026-11-02T09:00Z"),
    moment("2026-11-09T09:00Z"),
    moment("2026-11-09T14:00Z"),
    None,
    "changed_mind",
    None,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(facts())
@example(THE_EXAMPLE)
def test_z11_refunds_says_the_day_of_the_law_pack(told: Facts) -> None:
    """I06: to the last second of that day, where the law counts its days; a day later where no clock has begun."""
    day = by_the_law_pack(told)
    if day is None:
        assert by_refunds(told) == (None, told.agreed_at + timedelta(days=61))
    else:
        assert by_refunds(told) == (day, told.calendar.last_second_of(day))
    if told.own is None:
        assert day == walked(told)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(facts())
def test_z11_inspection_promises_by_the_calendar_that_decides_by(told: Facts) -> None:
    """R4.3, R2.1: the same promise for a result as for a decision: the end of the next working day."""
    day = told.calendar.day_of(told.goods_in_at) + ONE_DAY
    while not worked(told.calendar, day):
        day += ONE_DAY
    assert by_inspection(told) == told.calendar.moment(day, told.calendar.closes)
    asked_then = replace(told, stated_at=told.goods_in_at)
    order, rules = an_order(asked_then), asked_then.rules()
    decided = assess_request(rules, order, (a_requested_line(),), stated_at=told.goods_in_at, at=told.goods_in_at)
    assert decided.decide_by == by_inspection(told)


def test_the_example_of_z11() -> None:
    """Stated on 2 November, goods in on the 9th: pay by the 16th."""
    assert by_the_law_pack(THE_EXAMPLE) == date(2026, 11, 16)
    assert by_refunds(THE_EXAMPLE) == (date(2026, 11, 16), moment("2026-11-16T22:59:59Z"))


@pytest.mark.parametrize("name", sorted(RULES.calendars))
def test_the_working_calendar_of_a_policy_is_the_one_that_inspection_promises_by(name: str) -> None:
    """A merchant who works by one calendar promises by it, whatever law the sale is under; the law keeps its own."""
    rules = Rulebook(tuple(replace(each, calendar=name) for each in RULES.policies), RULES.regimes, RULES.calendars)
    for regime in RULES.regimes:
        order = an_order(replace(THE_EXAMPLE, regime=regime))
        at = THE_EXAMPLE.stated_at
        times = assess_request(rules, order, (a_requested_line(),), stated_at=at, at=at).times
        assert (times.legal_calendar, times.working_calendar) == (RULES.regimes[regime].calendar, name)
