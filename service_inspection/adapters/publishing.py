"""For every domain event: published in these words, or kept. A new event nobody decided about does not type-check."""

from collections.abc import Mapping
from typing import Final, assert_never

from service_inspection.domain.inspection import events as domain
from service_inspection.domain.inspection.discrepancy import Discrepancy, Opened, Resolved
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.receiving.scan import Outcome
from shared.contracts import events as contracts
from shared.contracts.envelope import Event
from shared.database.repository import Published

RESULT: Final[Mapping[Outcome, contracts.UnitResult]] = {
    Outcome.PASSED: contracts.UnitResult.ACCEPTED,
    Outcome.FAILED: contracts.UnitResult.FAILED,
}


def publish(
    aggregate: ReturnInspection | Discrepancy, event: domain.InspectionEvent | Opened | Resolved
) -> Published | None:
    """What other services are told. A discrepancy's own events stay here: its bench tells of it."""
    if isinstance(aggregate, Discrepancy) or isinstance(event, Opened | Resolved):
        return None
    told = _told(aggregate, event)
    return None if told is None else Published(told, aggregate.id)


def _told(inspection: ReturnInspection, event: domain.InspectionEvent) -> Event | None:
    match event:
        case domain.Received():
            return contracts.InspectionReceived(
                return_id=inspection.id,
                receipt_id=event.scan_id,
                warehouse=event.warehouse,
                units=tuple(contracts.ReceivedUnit(unit_id=unit, line_id=line) for unit, line in event.units),
                complete=event.complete,
                inspect_by=event.inspect_by,
                received_at=event.received_at,
            )
        case domain.Questioned(discrepancy_id, kind, sku, quantity):
            return contracts.InspectionQuestioned(
                return_id=inspection.id, discrepancy_id=discrepancy_id, kind=kind.value, sku=sku, quantity=quantity
            )
        case domain.Inspected(looked, complete, inspected_at):
            return contracts.InspectionCompleted(
                return_id=inspection.id,
                units=tuple(
                    contracts.InspectedUnit(
                        unit_id=unit.unit_id,
                        line_id=unit.line_id,
                        result=RESULT[unit.outcome],
                        grade=unit.grade.value,
                    )
                    for unit in looked
                ),
                complete=complete,
                inspected_at=inspected_at,
            )
        case domain.Decided(judged, complete, decided_at):
            return contracts.InspectionDecided(
                return_id=inspection.id,
                customer_id=inspection.customer_id,
                language=inspection.language,
                units=tuple(
                    contracts.DecidedUnit(
                        unit_id=unit.unit_id,
                        line_id=unit.line_id,
                        decision=contracts.UnitDecision.ACCEPT if unit.accepted else contracts.UnitDecision.REFUSE,
                    )
                    for unit in judged
                ),
                complete=complete,
                decided_at=decided_at,
            )
        case domain.Expected() | domain.ScanCounted() | domain.NoLongerExpected() | domain.BecameOverdue():
            return None
        case _:
            assert_never(event)
