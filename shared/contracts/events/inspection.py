"""Events about received goods and their inspection, published by inspection."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.envelope import Event
from shared.contracts.events.values import Code, Count, EventPart, Id, LotSize, Text, Told, is_absent


class ReceivedUnit(EventPart):
    """A unit that has arrived at the dock. Here and below, `quantity` is the number of pieces of a lot (Z13)."""

    unit_id: Id
    quantity: LotSize = None
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


class InspectionAssigned(Event):
    """A person has found whose goods these are: a receipt that came without a readable return number (F04, Z21).

    What the receipt changes is told by the other events, as if the number had been on the parcel.
    """

    type: ClassVar[str] = "inspection.assigned"
    version: ClassVar[int] = 1
    return_id: Id
    receipt_id: Id
    arrived_at: datetime
    """When the dock's post reached us."""
    assigned_at: datetime


class InspectionExtended(Event):
    """The merchant needs longer for the inspection of these units, and says why (Z24)."""

    type: ClassVar[str] = "inspection.extended"
    version: ClassVar[int] = 1
    return_id: Id
    units: tuple[Id, ...]
    inspect_by: datetime
    reason: Told
    extended_at: datetime


class InspectionQuestioned(Event):
    """A count that needs a person (F03, Z01): money is untouched by it.

    Kinds: `over`, `unexpected`, `cancelled` (goods that nobody announced, in quarantine), `looks` (more pieces
    inspected than the dock has counted), `money` (a unit was accepted and a correction says that it is not).
    """

    type: ClassVar[str] = "inspection.questioned"
    version: ClassVar[int] = 1
    return_id: Id
    discrepancy_id: Id
    kind: Code
    sku: Id
    quantity: Count
    answer_by: Annotated[datetime | None, Field(exclude_if=is_absent)] = None
    """By when a person answers. Absent from events before 0.4."""


class UnitResult(StrEnum):
    """What inspection found."""

    ACCEPTED = "accepted"
    FAILED = "failed"


class InspectedUnit(EventPart):
    """A unit that was looked at. `failed` waits for a person; it is neither paid nor finally refused (R4.5)."""

    unit_id: Id
    quantity: LotSize = None
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


class UnitStanding(StrEnum):
    """Where a unit stands now."""

    EXPECTED = "expected"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    FAILED = "failed"
    CANCELLED = "cancelled"


class CorrectedUnit(EventPart):
    """A unit of which something else was told before. `inspect_by` is there while it waits for its inspection."""

    unit_id: Id
    quantity: LotSize = None
    line_id: Id
    standing: UnitStanding
    grade: Code | None = None
    inspect_by: datetime | None = None


class InspectionCorrected(Event):
    """What was told about these units does not hold any more (Z01): a count, a result or a decision was taken back.

    The new standing replaces every earlier event about the unit. `cause` is the post that corrects; for a decision that
    was taken back it is the return.
    """

    type: ClassVar[str] = "inspection.corrected"
    version: ClassVar[int] = 1
    return_id: Id
    cause: Id
    customer_id: Id
    language: Code
    units: tuple[CorrectedUnit, ...]
    complete: bool
    corrected_at: datetime


class InspectionCleared(Event):
    """A question of `inspection.questioned` has its end: a person has answered it, or a later post (no `outcome`).

    Goods that are kept until their owner is found have no end yet; they are told when they have one.
    """

    type: ClassVar[str] = "inspection.cleared"
    version: ClassVar[int] = 1
    return_id: Id
    discrepancy_id: Id
    kind: Code
    sku: Id
    quantity: Count
    outcome: Code | None = None
    reason: Annotated[Told | None, Field(exclude_if=is_absent)] = None
    """Why, for the customer to read."""
    tracking_number: Annotated[Code | None, Field(exclude_if=is_absent)] = None
    """The parcel in which the goods go back."""
    cleared_at: datetime


class UnitDecision(StrEnum):
    """What a person decided about a unit that failed inspection."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class DecidedUnit(EventPart):
    """A unit that a person has decided about.

    `deduction_basis_points`: the part of the unit's paid amount, in hundredths of a percent, by which the refund is
    reduced for its lower value. `deduction_agreed`: the customer has agreed to it.
    """

    unit_id: Id
    quantity: LotSize = None
    line_id: Id
    decision: UnitDecision
    clause: Annotated[Text | None, Field(exclude_if=is_absent)] = None
    """The clause of law or policy on which this decision rests. This field and those below are absent before 0.4."""
    evidence: Annotated[tuple[Id, ...], Field(exclude_if=is_absent)] = ()
    """The posts of the bench, and files, that show it."""
    deduction_basis_points: Annotated[int | None, Field(ge=1, le=10_000, exclude_if=is_absent)] = None
    deduction_agreed: Annotated[bool | None, Field(exclude_if=is_absent)] = None


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
    reason: Annotated[Told | None, Field(exclude_if=is_absent)] = None
    """Why, for the customer to read. This field and those below are absent from events before 0.4."""
    reason_code: Annotated[Code | None, Field(exclude_if=is_absent)] = None
    """The finding on which the decision rests."""
    clause: Annotated[Text | None, Field(exclude_if=is_absent)] = None
    """The clause of all units, where it is the same one."""
    evidence: Annotated[tuple[Id, ...], Field(exclude_if=is_absent)] = ()
    """The evidence of all units together."""
