"""The core of a return: its parts, its status, what is open, and how a change is recorded and dated.

The status is computed from ruling, units, refunds and ending. What is open is computed from the same parts, so that
`next` and the deadlines cannot disagree with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from service_requests.domain.returns import events as return_events
from service_requests.domain.returns.annotations import Annotations
from service_requests.domain.returns.known_refund import KnownRefunds
from service_requests.domain.returns.order_facts import OrderFacts
from service_requests.domain.returns.progress.matter import NEXT, Matter
from service_requests.domain.returns.progress.open_matters import (
    OpenMatter,
    matter_of_unit,
    open_matters,
    running_promises,
)
from service_requests.domain.returns.progress.open_question import OpenQuestion
from service_requests.domain.returns.progress.return_promises import ReturnPromises, RunningPromise, ending_first
from service_requests.domain.returns.progress.service_norms import DEFAULT_NORMS, Norm, ServiceNorms
from service_requests.domain.returns.return_line import ReturnLine
from service_requests.domain.returns.return_review import ReturnReview
from service_requests.domain.returns.return_status import (
    LEAST_FAR_FIRST,
    STATUS_OF_ENDING,
    STATUS_OF_REFUND,
    STATUS_OF_WHEREABOUTS,
    Ending,
    RefundState,
    ReturnStatus,
    ending_of,
)
from service_requests.domain.returns.return_units import find_units
from service_requests.domain.returns.shipment import Shipments
from service_requests.domain.returns.unit import UNCOUNTED, ReturnUnit, UnitOutcome
from shared.kernel.piece_range import PieceRange, join_units


@dataclass(slots=True, kw_only=True)
class ReturnCore:
    """One customer's request to send goods of one order back, with everything that follows.

    `policy` names the policy version that decides, `rma` is the return number on the parcel, set at approval. `held`
    are the ids of the units that were reserved for this return when it was last saved. `steps` is
    the number of timeline entries, `sequence` the number of the last published event. `norms` say how long steps may
    take that neither law nor policy limits.
    """

    id: str
    order: OrderFacts
    channel: str
    policy: str
    lines: tuple[ReturnLine, ...]
    units: list[ReturnUnit]
    whole_order: bool
    created_at: datetime
    updated_at: datetime
    rma: str | None = None
    review: ReturnReview = field(default_factory=ReturnReview)
    shipments: Shipments = field(default_factory=Shipments)
    refunds: KnownRefunds = field(default_factory=KnownRefunds)
    promises: ReturnPromises = field(default_factory=ReturnPromises)
    questions: list[OpenQuestion] = field(default_factory=list)
    annotations: Annotations = field(default_factory=Annotations)
    ending: Ending | None = None
    held: tuple[str, ...] = ()
    steps: int = 0
    version: int = 0
    sequence: int = 0
    norms: ServiceNorms = field(default=DEFAULT_NORMS, repr=False, compare=False)
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    @property
    def status(self) -> ReturnStatus:
        """How far the return has come, or how it ended."""
        if self.ending is not None:
            return STATUS_OF_ENDING[self.ending]
        if self.review.ruling is None:
            return ReturnStatus.IN_REVIEW
        stages = {self.stage(unit) for unit in self.units if not self.finished(unit)}
        return next((status for status in LEAST_FAR_FIRST if status in stages), ReturnStatus.REFUNDED)

    def stage(self, unit: ReturnUnit) -> ReturnStatus:
        """How far this unit has come, on an approved return."""
        if unit.decision is UnitOutcome.NONE:
            return STATUS_OF_WHEREABOUTS.get(unit.whereabouts, ReturnStatus.INSPECTED)
        refund = self.refunds.of_unit(unit.id)
        return ReturnStatus.INSPECTED if refund is None else STATUS_OF_REFUND[refund.state]

    def finished(self, unit: ReturnUnit) -> bool:
        """Nothing is left to do about this unit: the unit stays with the customer, or is paid and told."""
        if not unit.holds_unit:
            return True
        refund = self.refunds.of_unit(unit.id)
        return unit.decision is UnitOutcome.ACCEPTED and refund is not None and refund.finished

    def units_without_claim(self) -> Sequence[ReturnUnit]:
        """The units that are held now and had no claim when the return was last saved, but for those not counted.

        A lot is cut where its claim ends (Z13).
        """
        known = frozenset(self.held)
        held = [unit for unit in self.units if unit.holds_unit and unit.unit_no != UNCOUNTED]
        if all(unit.id in known for unit in held):
            return ()
        claimed = [PieceRange.of(name) for name in known]
        return find_units(self.units, [str(part) for unit in held for part in PieceRange.of(unit.id).without(claimed)])

    @property
    def open_matters(self) -> Sequence[OpenMatter]:
        """Everything that somebody still has to do, the most urgent first."""
        return open_matters(self)

    @property
    def running_promises(self) -> Sequence[RunningPromise]:
        """The promises of what is open, kept or broken."""
        return running_promises(self)

    @property
    def deadline(self) -> RunningPromise | None:
        """The promise that ends first, kept or broken."""
        return ending_first(self.running_promises)

    @property
    def due_at(self) -> datetime | None:
        """When the job of deadlines must look at this return next: each open matter has a clock of its own (Z24)."""
        return self.promises.next_look(self.running_promises)

    @property
    def lacks_deadlines(self) -> bool:
        """Whether the row is from before deadlines were kept, so that they are only computed."""
        return any(not each.stored for each in self.open_matters)

    def state_deadlines(self, *, at: datetime) -> None:
        """Keep the deadlines that were only computed so far."""
        self._record(return_events.DeadlinesStated(at))

    def noticed(self, at: datetime) -> None:
        """We have learned of the last facts now, whenever they happened: the return is no older than that."""
        self.updated_at = max(self.updated_at, at)

    def _close_if_finished(self, at: datetime) -> None:
        if self.ending is not None or self.refunds.paying or not all(self.finished(unit) for unit in self.units):
            return
        self._close(at, ending_of({unit.decision for unit in self.units}, whole=not self.refunds.is_any_closed))

    def _close(self, at: datetime, ending: Ending) -> None:
        self.ending = ending
        self._record(return_events.Closed(at, ending))

    def _withdraw(self, units: Sequence[ReturnUnit]) -> None:
        for unit in units:
            unit.decide("withdraw")

    def _record(self, event: return_events.ReturnEvent) -> None:
        self._set_deadlines(event.at)
        self.updated_at = max(self.updated_at, event.at)
        self.events.append(event)
        join_units(self.units, self.refunds.pay_alike)

    def _set_deadlines(self, at: datetime) -> None:
        """Give every step that has begun its deadline, counted from the moment when it began."""
        if self.review.ruling is not None:
            for unit in self.units:
                if unit.by is None:
                    self._set_deadline_of(unit, at)
        for refund in self.refunds.known:
            if refund.state is RefundState.SETTLED and refund.told_at is None and refund.tell_by is None:
                refund.tell_by = self._due(Norm.TELL, at)
        if self.refunds.untold and self.refunds.untold_by is None:
            self.refunds.untold_by = self._due(Norm.TELL, at)

    def _set_deadline_of(self, unit: ReturnUnit, at: datetime) -> None:
        matter = matter_of_unit(unit, self.refunds)
        if matter is Matter.INSPECT and self.promises.inspect_by is not None:
            unit.by = self.promises.inspect_by
        elif matter is not Matter.NOTHING and (norm := NEXT[matter].norm) is not None:
            unit.by = self._due(norm, at)

    def _due(self, norm: Norm, at: datetime) -> datetime:
        return self.norms.due(norm, at, self.promises.calendar)
