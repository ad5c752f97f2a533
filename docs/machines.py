"""The machines of the page of states, each built from the table or the aggregate that the code obeys."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from gateway.domain.reconciling.finding import FindingState
from gateway.domain.reconciling.finding_states import FINDING_STATES
from service_inspection.domain.inspection import bench_state, discrepancy, unit as inspection_unit
from service_inspection.domain.inspection.inspection_states import DISCREPANCY_STATES, INSPECTION_STATES, UNIT_STATES
from service_inspection.domain.receiving import handling
from service_inspection.domain.receiving.receipt_states import RECEIPT_STATES
from service_notifications.domain.contacts.contact_states import CONTACT_STATES, ContactState
from service_notifications.domain.messages import message
from service_notifications.domain.messages.message_states import MESSAGE_STATES
from service_refunds.domain.settlement import state as refund
from service_refunds.domain.settlement.refund_states import PAYOUT_STATES, REFUND_STATES
from service_requests.domain.returns import unit as return_unit
from service_requests.domain.returns.known_refund import Refund
from service_requests.domain.returns.order_facts import OrderFacts
from service_requests.domain.returns.progress.matter import Matter
from service_requests.domain.returns.progress.return_states import (
    MATTER_STATES,
    PARCEL_STATES,
    RETURN_STATES,
    UNIT_STATES as RETURN_UNIT_STATES,
)
from service_requests.domain.returns.progress.unit_stage import UnitStage
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_review import ReturnReview
from service_requests.domain.returns.return_status import RefundState, ReturnStatus
from service_requests.domain.returns.shipment import ParcelState, Shipment
from shared.kernel.errors import NotYet, Refused, Said
from shared.kernel.state_table import StateTable
from shared.messaging.dead_letters import PARKED_EVENT_STATES, ParkedEventState

Move = tuple[str, str, str]
Table = Mapping[str, tuple[frozenset[Any], Any]]

NOW: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
UNIT: Final = "unit"
DOCK: Final = return_unit.Whereabouts.AT_DOCK
BENCH: Final = return_unit.Whereabouts.IN_INSPECTION
PAYING: Final = frozenset({RefundState.OPENED, RefundState.DOUBTED})


def moves_of(table: Table, states: type[StrEnum]) -> list[Move]:
    """A table's arrows, in the order of its verbs and states."""
    return [
        (str(source), verb, str(target))
        for verb, (sources, target) in table.items()
        for source in states
        if source in sources
    ]


def header_moves() -> list[Move]:
    """How the header of a return with one unit follows from what happens to it: found by letting it all happen."""
    found: dict[Move, None] = {
        (ReturnStatus.IN_REVIEW.value, "approve", ReturnStatus.APPROVED.value): None,
        (ReturnStatus.IN_REVIEW.value, "refuse", ReturnStatus.REFUSED.value): None,
        (ReturnStatus.IN_REVIEW.value, "cancel", ReturnStatus.CANCELLED.value): None,
    }
    waiting = [_approved()]
    seen = {_facts(waiting[0])}
    while waiting:
        before = waiting.pop(0)
        for verb, happen in HAPPENS.items():
            after = deepcopy(before)
            try:
                happen(after)
            except (Refused, NotYet):
                continue
            if after.status is not before.status:
                found[before.status.value, verb, after.status.value] = None
            if _facts(after) not in seen:
                seen.add(_facts(after))
                waiting.append(after)
    return list(found)


def _approved() -> Return:
    any_ruling: Any = object()
    return Return(
        id="return",
        order=OrderFacts(id="order", number="1", customer_id="customer", language="en", regime="EU", currency="EUR"),
        channel="web",
        policy="policy",
        lines=(),
        units=[return_unit.ReturnUnit(id=UNIT, line_id="line", place=1, unit_no=1)],
        whole_order=True,
        created_at=NOW,
        updated_at=NOW,
        review=ReturnReview(ruling=any_ruling),
    )


def _facts(case: Return) -> tuple[object, ...]:
    unit = case.units[0]
    return (
        case.ending,
        unit.whereabouts,
        unit.decision,
        tuple((each.state, each.told_at) for each in case.refunds.known[-1:]),
    )


def _refund_opens(case: Return) -> None:
    if not case.refunds.known or case.refunds.known[-1].state is RefundState.FAILED:
        case.record_refund_opened(
            Refund(id="refund", amount_minor=1, currency="EUR", units=(UNIT,), pay_by=NOW), at=NOW
        )


def _of_unit(where: return_unit.Whereabouts, happen: Callable[[Return], None]) -> Callable[[Return], None]:
    """Inspection decides about a unit only where the unit is; the return is only told."""

    def only_there(case: Return) -> None:
        if case.units[0].whereabouts is where:
            happen(case)

    return only_there


def _of_open_refund(happen: Callable[[Return], None]) -> Callable[[Return], None]:
    """The refund's own machine lets it end once; the return is only told."""

    def only_then(case: Return) -> None:
        if case.refunds.known and case.refunds.known[-1].state in PAYING:
            happen(case)

    return only_then


def _refund_fails(case: Return) -> None:
    case.record_refund_failed("refund", at=NOW)
    case.refunds.known[-1].id = "failed"


HAPPENS: Final[Mapping[str, Callable[[Return], None]]] = {
    "ship": lambda case: case.ship(Shipment("s", "carrier", str(len(case.shipments.announced)), NOW), None),
    "lapse": lambda case: case.lapse(at=NOW),
    "cancel": lambda case: case.cancel(at=NOW),
    "receive": lambda case: case.receive([UNIT], inspect_by=NOW, at=NOW),
    "inspection passes": _of_unit(DOCK, lambda case: case.record_inspection([(UNIT, True)], at=NOW)),
    "inspection fails": _of_unit(DOCK, lambda case: case.record_inspection([(UNIT, False)], at=NOW)),
    "a person accepts": _of_unit(BENCH, lambda case: case.record_inspection_decision([(UNIT, True)], at=NOW)),
    "a person refuses": _of_unit(BENCH, lambda case: case.record_inspection_decision([(UNIT, False)], at=NOW)),
    "refund opened": _refund_opens,
    "refund settled": _of_open_refund(lambda case: case.record_refund_settled("refund", at=NOW)),
    "refund failed": _of_open_refund(_refund_fails),
    "customer told": lambda case: case.message_sent("refund_settled", "email", "refund", at=NOW),
}
"""What can happen to an approved return."""

MACHINES: Final[Mapping[str, list[Move]]] = {
    "Return: its status, computed from its units (here with one unit)": header_moves(),
    "Unit of a return: where it is": moves_of(return_unit.WHEREABOUTS_MOVES, return_unit.Whereabouts),
    "Unit of a return: what was decided": moves_of(return_unit.OUTCOME_MOVES, return_unit.UnitOutcome),
    "Receipt": moves_of(handling.MOVES, handling.ScanState),
    "Unit in inspection": moves_of(inspection_unit.MOVES, inspection_unit.UnitState),
    "Discrepancy": moves_of(discrepancy.MOVES, discrepancy.DiscrepancyState),
    "Refund": moves_of(refund.MOVES, refund.State),
    "Message": moves_of(message.MOVES, message.Status),
}
"""By name: (from, verb, to)."""


class Thing(NamedTuple):
    """A thing with states: its enumeration, and its table of states."""

    name: Said
    states: type[StrEnum]
    table: StateTable


THINGS: Final[tuple[Thing, ...]] = (
    Thing(Said("Return", "退货"), ReturnStatus, RETURN_STATES),
    Thing(Said("What is open in a return: its next step", "退货的未结事项：下一步"), Matter, MATTER_STATES),
    Thing(Said("Unit of a return", "退货中的商品件"), UnitStage, RETURN_UNIT_STATES),
    Thing(Said("Announced parcel", "已登记的包裹"), ParcelState, PARCEL_STATES),
    Thing(Said("Receipt", "收货记录"), handling.ScanState, RECEIPT_STATES),
    Thing(Said("Discrepancy", "差异"), discrepancy.DiscrepancyState, DISCREPANCY_STATES),
    Thing(Said("Inspection", "验货"), bench_state.BenchState, INSPECTION_STATES),
    Thing(Said("Unit in inspection", "验货中的商品件"), inspection_unit.UnitState, UNIT_STATES),
    Thing(Said("Message", "消息"), message.Status, MESSAGE_STATES),
    Thing(Said("Contact", "联系方式"), ContactState, CONTACT_STATES),
    Thing(Said("Refund", "退款"), refund.State, REFUND_STATES),
    Thing(Said("Payout of a refund", "退款的一笔付款"), refund.PayoutState, PAYOUT_STATES),
    Thing(Said("Parked event", "搁置的事件"), ParkedEventState, PARKED_EVENT_STATES),
    Thing(Said("Finding of the reconciler", "对账发现"), FindingState, FINDING_STATES),
)
"""Everything that has a table of states, in the order of the page."""
