"""Orders and returns for these tests, right unless told otherwise."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from service_requests.adapters.policy.rulebook_source import shipped_rulebook
from service_requests.domain.eligibility.assessment import Assessment
from service_requests.domain.eligibility.assessor import assess_request
from service_requests.domain.eligibility.case_of_order import RequestedLine
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.order_part import OrderFreight, OrderLine, Tender
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.policy.vocabulary import Fault, Payer
from service_requests.domain.returns.known_refund import Refund
from service_requests.domain.returns.order_facts import OrderFacts
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_line import ReturnLine
from service_requests.domain.returns.return_status import ReturnStatus
from service_requests.domain.returns.shipment import Shipment
from service_requests.domain.returns.unit import ReturnUnit, UnitOutcome, Whereabouts

NOON: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
RMA: Final = "RT-4F7K-92QX-V"
RULES: Final = shipped_rulebook()


def an_order(**but: Any) -> Order:
    """Two coats and a scarf, paid by card, EU, delivered four days before noon."""
    facts: dict[str, Any] = {
        "id": "order_1",
        "number": "N-1",
        "storefront": "shop",
        "customer_id": "anna",
        "language": "en",
        "regime": "EU",
        "currency": "EUR",
        "prices_include_tax": True,
        "ordered_at": NOON - timedelta(days=6),
        "delivered_at": NOON - timedelta(days=4),
        "lines": (a_line(), a_line(line_id="L2", sku="SCARF", name="Scarf", quantity=1, paid_minor=6000)),
        "freight": OrderFreight(1000),
        "tenders": (Tender("T1", "card", 27000, "ch_1"),),
        "total_minor": 27000,
        "created_at": NOON - timedelta(days=6),
    }
    return Order(**facts | but)


def a_line(**but: Any) -> OrderLine:
    """Two coats."""
    facts: dict[str, Any] = {
        "line_id": "L1",
        "sku": "COAT-M",
        "name": "Wool coat M",
        "category": "clothing",
        "quantity": 2,
        "unit_price_minor": 10000,
        "discount_minor": 0,
        "paid_minor": 20000,
    }
    return OrderLine(**facts | but)


def a_requested_line(**but: Any) -> RequestedLine:
    """One coat, for a change of mind."""
    facts: dict[str, Any] = {"line_id": "L1", "quantity": 1, "reason": "changed_mind", "condition": "unopened"}
    return RequestedLine(**facts | but)


def an_assessment(*lines: RequestedLine, at: datetime = NOON, rules: Rulebook = RULES, **order: Any) -> Assessment:
    """The assessment of these requested lines by our rules."""
    return assess_request(rules, an_order(**order), lines or (a_requested_line(),), stated_at=at, at=at)


def a_return(units: int = 2, **but: Any) -> Return:
    """Of a line with so many units, not yet asked for."""
    line = ReturnLine(
        line_id="L1",
        sku="COAT-M",
        name="Coat",
        quantity=units,
        reason="changed_mind",
        condition="unopened",
        comment=None,
        fault=Fault.CUSTOMER,
        payer=Payer.CUSTOMER,
        by_right=True,
    )
    facts: dict[str, Any] = {
        "id": "ret_1",
        "order": OrderFacts.of(an_order()),
        "channel": "web",
        "policy": "standard@2026-01",
        "lines": (line,),
        "units": [ReturnUnit(id=f"unit_{n}", line_id="L1", place=0, unit_no=n) for n in range(1, units + 1)],
        "whole_order": False,
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Return(**facts | but)


def an_approved_return(units: int = 2, **but: Any) -> Return:
    """Requested and approved by the policy; its events are published."""
    made = a_return(units, **but)
    made.request(an_assessment(), at=NOON, rma=RMA)
    made.events.clear()
    return made


def a_referred_return(units: int = 2) -> Return:
    """Requested with a reason that a person must decide."""
    made = a_return(units)
    made.request(an_assessment(a_requested_line(reason="unsafe")), at=NOON, rma=RMA)
    made.events.clear()
    return made


def a_refund(refund_id: str = "rfd_1", *units: str, pay_in: int = 7) -> Refund:
    """Of one unit, to be paid within a week, unless told otherwise."""
    return Refund(
        id=refund_id,
        amount_minor=10000,
        currency="EUR",
        units=units or ("unit_1",),
        pay_by=NOON + timedelta(days=pay_in),
    )


def a_parcel(number: str = "JD0146000") -> Shipment:
    """With this tracking number."""
    return Shipment(f"shp_{number}", "dhl", number, NOON)


def _at(*units: tuple[Whereabouts, UnitOutcome]) -> Callable[[], Return]:
    def made() -> Return:
        found = an_approved_return(len(units))
        for unit, (whereabouts, decision) in zip(found.units, units, strict=True):
            unit.whereabouts, unit.decision = whereabouts, decision
        return found

    return made


def _paying(told: bool = False, settled: bool = False) -> Callable[[], Return]:
    def made() -> Return:
        found = _at((Whereabouts.IN_STOCK, UnitOutcome.ACCEPTED))()
        found.record_refund_opened(a_refund(), at=NOON)
        if settled:
            found.record_refund_settled("rfd_1", at=NOON)
        if told:
            found.message_sent("refund_settled", "email", "rfd_1", at=NOON)
        found.events.clear()
        return found

    return made


def _ended(end: Callable[[Return], None], made: Callable[[], Return] = an_approved_return) -> Callable[[], Return]:
    def ended() -> Return:
        found = made()
        end(found)
        found.events.clear()
        return found

    return ended


def a_refused_return() -> Return:
    """Refused by the policy: the request came far too late."""
    made = a_return()
    made.request(an_assessment(delivered_at=NOON - timedelta(days=99)), at=NOON, rma=RMA)
    made.events.clear()
    return made


_NONE: Final = UnitOutcome.NONE

IN_STATUS: Final[Mapping[ReturnStatus, Callable[[], Return]]] = {
    ReturnStatus.IN_REVIEW: a_referred_return,
    ReturnStatus.APPROVED: an_approved_return,
    ReturnStatus.SHIPPED: _at((Whereabouts.IN_TRANSIT, _NONE)),
    ReturnStatus.RECEIVED: _at((Whereabouts.AT_DOCK, _NONE)),
    ReturnStatus.AWAITING_PERSON: _at((Whereabouts.IN_INSPECTION, _NONE), (Whereabouts.WITH_CUSTOMER, _NONE)),
    ReturnStatus.INSPECTED: _at((Whereabouts.IN_STOCK, UnitOutcome.ACCEPTED)),
    ReturnStatus.REFUNDING: _paying(),
    ReturnStatus.REFUNDED: _paying(settled=True),
    ReturnStatus.CLOSED: _paying(settled=True, told=True),
    ReturnStatus.REFUSED: a_refused_return,
    ReturnStatus.CANCELLED: _ended(lambda found: found.cancel(at=NOON)),
    ReturnStatus.LAPSED: _ended(lambda found: found.lapse(at=NOON)),
}
"""A return in each status."""
