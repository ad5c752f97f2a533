"""How far a unit of an approved return has come: its place, its outcome and its refund in one word (R08)."""

from enum import StrEnum
from typing import Final

from service_requests.domain.returns.known_refund import KnownRefunds
from service_requests.domain.returns.return_status import RefundState
from service_requests.domain.returns.unit import ReturnUnit, UnitOutcome, Whereabouts


class UnitStage(StrEnum):
    """The stages of a unit, for the table of states and for tests."""

    UNSENT = "unsent"
    ON_THE_WAY = "on_the_way"
    AT_DOCK = "at_dock"
    HELD = "held"
    ACCEPTED = "accepted"
    PAYING = "paying"
    DECLINED = "declined"
    PAID = "paid"
    DONE = "done"
    SENT_BACK = "sent_back"
    KEPT = "kept"
    STRAY = "stray"


_PLACES: Final = {
    Whereabouts.WITH_CUSTOMER: UnitStage.UNSENT,
    Whereabouts.IN_TRANSIT: UnitStage.ON_THE_WAY,
    Whereabouts.AT_DOCK: UnitStage.AT_DOCK,
}
_REFUNDS: Final = {
    RefundState.OPENED: UnitStage.PAYING,
    RefundState.DOUBTED: UnitStage.PAYING,
    RefundState.FAILED: UnitStage.DECLINED,
    RefundState.SETTLED: UnitStage.PAID,
    RefundState.CLOSED: UnitStage.PAID,
}


def stage_of(unit: ReturnUnit, refunds: KnownRefunds) -> UnitStage:
    """The stage of this unit."""
    if unit.is_stray:
        return UnitStage.STRAY
    match unit.decision:
        case UnitOutcome.NONE:
            return _PLACES.get(unit.whereabouts, UnitStage.HELD)
        case UnitOutcome.REFUSED:
            return UnitStage.SENT_BACK
        case UnitOutcome.WITHDRAWN:
            return UnitStage.KEPT
        case UnitOutcome.ACCEPTED:
            refund = refunds.of_unit(unit.id)
            if refund is None:
                return UnitStage.ACCEPTED
            return UnitStage.DONE if refund.finished else _REFUNDS[refund.state]
