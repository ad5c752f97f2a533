"""Events about received goods and their inspection, published by inspection."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from shared.contracts.envelope import Event
from shared.contracts.events.values import Code, Count, EventPart, Id


class ReceivedUnit(EventPart):
    """A unit that has arrived at the dock."""

    unit_id: Id
    line_id: Id


class InspectionReceived(Event):
    """Goods of a return have arrived (F01, F02): only the units of this receipt; `complete` when none is missing."""

    type: ClassVar[str] = "inspection.received"
    version: ClassVar[int] = 1
    return_id: Id
    receipt_id: Id
    warehouse: Id
    units: tuple[ReceivedUnit, ...]
    complete: bool
    inspect_by: datetime
    received_at: datetime | None = None
    """When the dock's post reached us, by our own clock: legal clocks run from it. Absent from events before 0.2."""


class InspectionQuestioned(Event):
    """Something arrived that was not announced (F03): quarantined, money untouched."""

    type: ClassVar[str] = "inspection.questioned"
    version: ClassVar[int] = 1
    return_id: Id
    discrepancy_id: Id
    kind: Code
    sku: Id
    quantity: Count


class UnitResult(StrEnum):
    """What inspection found."""

    ACCEPTED = "accepted"
    FAILED = "failed"


class InspectedUnit(EventPart):
    """A unit that was looked at. `failed` waits for a person; it is neither paid nor finally refused (R4.5)."""

    unit_id: Id
    line_id: Id
    result: UnitResult
    grade: Code


class InspectionCompleted(Event):
    """The warehouse has looked at some units (R4.1): only the units of this look; `complete` when none is left."""

    type: ClassVar[str] = "inspection.completed"
    version: ClassVar[int] = 1
    return_id: Id
    units: tuple[InspectedUnit, ...]
    complete: bool
    inspected_at: datetime | None = None
    """When the post reached us: accepting the goods is agreeing to the refund. Absent from events before 0.2."""


class UnitDecision(StrEnum):
    """What a person decided about a unit that failed inspection."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class DecidedUnit(EventPart):
    """A unit that a person has decided about."""

    unit_id: Id
    line_id: Id
    decision: UnitDecision


class InspectionDecided(Event):
    """A person has decided about units that failed; accepted ones are paid, refused ones go back to the customer."""

    type: ClassVar[str] = "inspection.decided"
    version: ClassVar[int] = 1
    return_id: Id
    customer_id: Id
    language: Code
    units: tuple[DecidedUnit, ...]
    complete: bool
    decided_at: datetime | None = None
    """When it was decided: accepting the goods is agreeing to the refund. Absent from events before 0.2."""
