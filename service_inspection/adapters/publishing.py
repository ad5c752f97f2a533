"""Which domain events are published, and as which contract. The type check fails for a domain event
without a decision.
"""

from collections.abc import Mapping
from typing import Final, assert_never

from service_inspection.domain.inspection import events
from service_inspection.domain.inspection.discrepancy import Discrepancy, Opened, Resolved
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.inspection.unit import UnitState
from service_inspection.domain.receiving.scan import Outcome
from shared.contracts import events as contracts
from shared.contracts.envelope import Event
from shared.database.repository import Published
from shared.kernel.piece_range import PieceRange

RESULT: Final[Mapping[Outcome, contracts.UnitResult]] = {
    Outcome.PASSED: contracts.UnitResult.ACCEPTED,
    Outcome.FAILED: contracts.UnitResult.FAILED,
}

STANDING: Final[Mapping[UnitState, contracts.UnitStanding]] = {
    UnitState.EXPECTED: contracts.UnitStanding.EXPECTED,
    UnitState.RECEIVED: contracts.UnitStanding.RECEIVED,
    UnitState.PASSED: contracts.UnitStanding.ACCEPTED,
    UnitState.FAILED: contracts.UnitStanding.FAILED,
    UnitState.CANCELLED: contracts.UnitStanding.CANCELLED,
}
"""The states that a correction leads to. A person's decision is never corrected by a count."""


def _pieces(unit: str) -> int | None:
    """The pieces of a lot; None for one piece."""
    parsed = PieceRange.of(unit)
    return parsed.count if parsed.is_lot else None


def publish(
    aggregate: ReturnInspection | Discrepancy, event: events.InspectionEvent | Opened | Resolved
) -> Published | None:
    """The event for other services, or None. A discrepancy's events stay inside: its inspection publishes the
    discrepancy.
    """
    if isinstance(aggregate, Discrepancy) or isinstance(event, Opened | Resolved):
        return None
    published = _published_event(aggregate, event)
    return None if published is None else Published(published, aggregate.id)


def _published_event(inspection: ReturnInspection, event: events.InspectionEvent) -> Event | None:
    match event:
        case events.Received():
            return contracts.InspectionReceived(
                return_id=inspection.id,
                receipt_id=event.scan_id,
                warehouse=event.warehouse,
                units=tuple(
                    contracts.ReceivedUnit(unit_id=unit, quantity=_pieces(unit), line_id=line)
                    for unit, line in event.units
                ),
                complete=event.complete,
                inspect_by=event.inspect_by,
                received_at=event.received_at,
            )
        case events.Questioned(discrepancy_id, kind, sku, quantity, answer_by):
            return contracts.InspectionQuestioned(
                return_id=inspection.id,
                discrepancy_id=discrepancy_id,
                kind=kind.value,
                sku=sku,
                quantity=quantity,
                answer_by=answer_by,
            )
        case events.Inspected(looked, complete, inspected_at):
            return contracts.InspectionCompleted(
                return_id=inspection.id,
                units=tuple(
                    contracts.InspectedUnit(
                        unit_id=unit.unit_id,
                        quantity=_pieces(unit.unit_id),
                        line_id=unit.line_id,
                        result=RESULT[unit.outcome],
                        grade=unit.grade.value,
                    )
                    for unit in looked
                ),
                complete=complete,
                inspected_at=inspected_at,
            )
        case events.Decided():
            return _decided(inspection, event)
        case events.Corrected():
            return _corrected(inspection, event)
        case events.Cleared() | events.Assigned() | events.Extended():
            return _told(inspection, event)
        case events.Expected() | events.ScanCounted() | events.NoLongerExpected() | events.BecameOverdue():
            return None
        case _:
            assert_never(event)


def _told(inspection: ReturnInspection, event: events.Cleared | events.Assigned | events.Extended) -> Event:
    """What a person has done about a question, a receipt or a deadline."""
    match event:
        case events.Cleared():
            return contracts.InspectionCleared(
                return_id=inspection.id,
                discrepancy_id=event.discrepancy_id,
                kind=event.kind.value,
                sku=event.sku,
                quantity=event.quantity,
                outcome=None if event.outcome is None else event.outcome.value,
                reason=event.reason,
                tracking_number=event.tracking_number,
                cleared_at=event.cleared_at,
            )
        case events.Assigned(scan_id, arrived_at, assigned_at):
            return contracts.InspectionAssigned(
                return_id=inspection.id, receipt_id=scan_id, arrived_at=arrived_at, assigned_at=assigned_at
            )
        case events.Extended(units, inspect_by, reason, extended_at):
            return contracts.InspectionExtended(
                return_id=inspection.id, units=units, inspect_by=inspect_by, reason=reason, extended_at=extended_at
            )


def _decided(inspection: ReturnInspection, event: events.Decided) -> contracts.InspectionDecided:
    clauses = {unit.clause for unit in event.units}
    return contracts.InspectionDecided(
        return_id=inspection.id,
        customer_id=inspection.customer_id,
        language=inspection.language,
        units=tuple(
            contracts.DecidedUnit(
                unit_id=unit.unit_id,
                quantity=_pieces(unit.unit_id),
                line_id=unit.line_id,
                decision=contracts.UnitDecision.ACCEPT if unit.accepted else contracts.UnitDecision.REFUSE,
                clause=unit.clause,
                evidence=unit.evidence,
                deduction_basis_points=unit.deduction_basis_points,
                deduction_agreed=unit.agreed,
            )
            for unit in event.units
        ),
        complete=event.complete,
        decided_at=event.decided_at,
        reason=event.reason,
        reason_code=None if event.code is None else event.code.value,
        clause=clauses.pop() if len(clauses) == 1 else None,
        evidence=tuple(dict.fromkeys(each for unit in event.units for each in unit.evidence)),
    )


def _corrected(inspection: ReturnInspection, event: events.Corrected) -> contracts.InspectionCorrected:
    return contracts.InspectionCorrected(
        return_id=inspection.id,
        cause=event.cause,
        customer_id=inspection.customer_id,
        language=inspection.language,
        units=tuple(
            contracts.CorrectedUnit(
                unit_id=unit.unit_id,
                quantity=_pieces(unit.unit_id),
                line_id=unit.line_id,
                standing=STANDING[unit.state],
                grade=None if unit.grade is None else unit.grade.value,
                inspect_by=unit.inspect_by,
            )
            for unit in event.units
        ),
        complete=event.complete,
        corrected_at=event.corrected_at,
    )
