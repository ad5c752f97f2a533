"""What the routes of inspections answer."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from service_inspection.domain.inspection.bench_decision import ReasonCode
from service_inspection.domain.inspection.bench_state import BenchState
from service_inspection.domain.inspection.unit import UnitState
from service_inspection.domain.receiving.scan import Grade
from service_inspection.entrypoints.inspection.bench_actions import INSPECTION_ACTIONS
from service_inspection.entrypoints.inspection.discrepancy_routes import DiscrepancyOut
from service_inspection.entrypoints.receiving.receipt_routes import FindingOut, ScanOut
from shared.kernel.errors import Language
from shared.kernel.language_tag import spoken
from shared.web.actions import WithActions
from shared.web.fields import Output, Page


class FormerDecisionOut(Output):
    """A decision that was taken back, with both reasons."""

    decision: UnitState
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    taken_back_by: str
    taken_back_at: datetime
    taken_back_for: str
    code: ReasonCode | None
    clause: str | None


class RightOut(Output):
    """The law's right of a line: the findings that refuse it, and those that only reduce the refund."""

    line_id: str
    reason: str
    clause: str
    refuses: list[str]
    reduces: list[str]


class UnitOut(Output):
    """A unit as far as the warehouse is with it. A unit of more than one piece is a lot: alike pieces in one state."""

    id: str
    quantity: int
    line_id: str
    sku: str
    name: str
    reason: str
    state: UnitState
    received_by: str | None
    received_at: datetime | None
    inspect_by: datetime | None
    inspected_by: str | None
    inspector: str | None
    inspected_at: datetime | None
    grade: Grade | None
    findings: list[FindingOut]
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    decision_code: ReasonCode | None
    decision_clause: str | None
    evidence: list[str]
    deduction_basis_points: int | None
    agreement: str | None
    former: list[FormerDecisionOut]


class DecidedOut(WithActions):
    """An inspection after a decision.

    `customer_reads` is the language of the messages to the customer, unless her contact names another. A reason that
    was written in another language is sent as it was written, and the message says so.
    """

    offers = INSPECTION_ACTIONS

    id: str
    rma: str
    state: BenchState
    customer_reads: Annotated[Language, BeforeValidator(spoken), Field(validation_alias="language")]
    units: list[UnitOut]


class InspectionOut(WithActions):
    """One inspection, whole. `state`: held (a person must decide), waiting (for the inspector), expected, finished."""

    offers = INSPECTION_ACTIONS

    return_id: str
    rma: str
    order_id: str
    state: BenchState
    warehouse: str
    units: list[UnitOut]
    scans: list[ScanOut]
    discrepancies: list[DiscrepancyOut]
    inspect_by: datetime | None
    overdue_at: datetime | None
    created_at: datetime
    rights: list[RightOut]
    version: int


class InspectionLineOut(Output):
    """One inspection in a list, with its units counted by what they wait for."""

    id: str
    rma: str
    order_id: str
    state: BenchState
    warehouse: str
    expected: int
    waiting: int
    held: int
    inspect_by: datetime | None
    overdue_at: datetime | None
    created_at: datetime


class InspectionsOut(Page):
    """Inspections, newest first."""

    items: list[InspectionLineOut]
