"""A return, from the request to its end. Its status is computed from its ruling, units, refunds and ending.

The methods that `MOVES` names are allowed only in the statuses listed there; otherwise they raise `IllegalMove`. Events
of other services move units as the tables in `unit` allow. A refund or message event that comes too early makes its
method raise `NotYet`; the inbox tries the event again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from service_requests.domain.eligibility.assessment import Assessment, Outcome, RecordedAlternative, RecordedReason
from service_requests.domain.returns import events as return_events
from service_requests.domain.returns.annotations import MOST_NOTES, Annotations, TooManyNotes
from service_requests.domain.returns.known_refund import KnownRefunds, Refund
from service_requests.domain.returns.order_facts import OrderFacts
from service_requests.domain.returns.recorded_decision import RecordedDecision
from service_requests.domain.returns.return_line import ReturnLine
from service_requests.domain.returns.return_promises import SHIP, ReturnPromises, RunningPromise
from service_requests.domain.returns.return_review import ReturnReview
from service_requests.domain.returns.return_status import (
    ENDED_WITH_A_REFUND,
    LEAST_FAR_FIRST,
    MOVES,
    STATUS_OF_ENDING,
    STATUS_OF_REFUND,
    STATUS_OF_WHEREABOUTS,
    Ending,
    RefundState,
    ReturnStatus,
)
from service_requests.domain.returns.return_units import find_units, pieces_of, told_units
from service_requests.domain.returns.shipment import Shipment, Shipments
from service_requests.domain.returns.unit import ReturnUnit, Standing, UnitOutcome, Whereabouts
from shared.kernel.errors import IllegalMove, NotYet
from shared.kernel.piece_range import join_units


@dataclass(slots=True, kw_only=True)
class Return:
    """One customer's request to send goods of one order back, with everything that follows.

    `policy` names the policy version that decides, `rma` is the return number on the parcel, set at approval. `held`
    are the ids of the units that were reserved for this return when it was last saved. `steps` is
    the number of timeline entries, `sequence` the number of the last published event.
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
    annotations: Annotations = field(default_factory=Annotations)
    ending: Ending | None = None
    held: tuple[str, ...] = ()
    steps: int = 0
    version: int = 0
    sequence: int = 0
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

    @property
    def deadline(self) -> RunningPromise | None:
        """The promise that is running now."""
        return self.promises.running(self.status, self.refunds.pay_by)

    @property
    def due_day(self) -> date | None:
        """The last day of the running promise, if that promise is a day and not an hour."""
        instructions, refund = self.shipments.instructions, self.refunds.due_first
        days = {
            ReturnStatus.APPROVED: None if instructions is None else instructions.ship_by,
            ReturnStatus.REFUNDING: None if refund is None else refund.pay_by_day,
        }
        return days.get(self.status)

    @property
    def due_at(self) -> datetime | None:
        """When the job of deadlines must look at this return next."""
        return self.promises.due_at(self.deadline)

    def request(self, assessment: Assessment, *, at: datetime, rma: str) -> None:
        """Request the return. The policy approves, refuses or refers at once."""
        self._record(return_events.Requested(at, pieces_of(self.units)))
        ruling = self.review.begin(assessment)
        if ruling is None:
            self.promises.promise_decision(assessment)
            self._record(return_events.Referred(at))
        elif ruling.outcome is Outcome.ACCEPT:
            self._approve(ruling, assessment, rma, at)
        else:
            self._refuse(ruling, at)

    def approve(self, assessment: Assessment, *, by: str, at: datetime, rma: str, note: str | None) -> None:
        """A person approves; `assessment` is of today, for the dates. `SecondPersonNeeded` (B09)."""
        self._check_move("approve")
        self._approve(self.review.approve(assessment, by=by, note=note), assessment, rma, at)

    def refuse(
        self,
        assessment: Assessment,
        reason: RecordedReason,
        alternatives: Sequence[RecordedAlternative],
        *,
        at: datetime,
        note: str | None,
    ) -> None:
        """A person refuses, with the reason and what can be done instead (R2.5); `assessment` is of today."""
        self._check_move("refuse")
        self._refuse(self.review.refuse(assessment, reason, alternatives, note=note), at)

    def cancel(self, *, at: datetime) -> None:
        """The customer keeps what has not arrived; with nothing else open the return ends."""
        self._check_move("cancel")
        kept = [unit for unit in self.units if unit.can_stay]
        self._withdraw(kept)
        if any(unit.decision is not UnitOutcome.WITHDRAWN for unit in self.units):
            self._record(return_events.Withdrawn(at, pieces_of(kept)))
            self._close_if_finished(at)
        else:
            self.ending = Ending.CANCELLED
            self._record(return_events.Cancelled(at))

    def ship(self, shipment: Shipment, units: Sequence[str] | None) -> None:
        """A parcel is announced: with these units, else with all units that are still with the customer."""
        self._check_move("ship")
        self.shipments.check(shipment)
        if units is None:
            leaving = [u for u in self.units if u.holds_unit and u.whereabouts is Whereabouts.WITH_CUSTOMER]
        else:
            leaving = find_units(self.units, units, pointer="/unit_ids")
        for unit in leaving:
            unit.move("ship")
        self.shipments.announce(shipment)
        self._record(
            return_events.Shipped(
                shipment.announced_at,
                shipment.id,
                shipment.carrier,
                shipment.tracking_number,
                tuple(unit.id for unit in leaving),
            )
        )

    def receive(self, units: Sequence[str], *, inspect_by: datetime, at: datetime) -> None:
        """Units are at the dock. Units that had been withdrawn are held again (F02, W3)."""
        self._check_move("receive")
        arrived = find_units(self.units, units)
        names = {unit.id for unit in arrived}
        revived = [unit for unit in arrived if unit.decision is UnitOutcome.WITHDRAWN]
        for unit in revived:
            unit.decide("revive")
        for unit in arrived:
            unit.move("arrive")
        others_wait = any(unit.whereabouts is Whereabouts.AT_DOCK and unit.id not in names for unit in self.units)
        self.promises.promise_inspection(inspect_by, others_wait=others_wait)
        if revived:
            self.ending = None
            self._record(return_events.Revived(at, pieces_of(revived)))
        held = pieces_of(unit for unit in self.units if unit.holds_unit)
        self._record(return_events.Received(at, pieces_of(arrived), held))

    def record_discrepancy(self, sku: str, quantity: int, *, at: datetime) -> None:
        """The dock has found something that was not announced; the units stay as they are (F03)."""
        self._record(return_events.Questioned(at, sku, quantity))

    def record_inspection(self, results: Sequence[tuple[str, bool]], *, at: datetime) -> None:
        """Units were inspected: accepted, or held for a person, never finally refused here (R4.5)."""
        looked = list(told_units(self.units, results))
        accepted = [unit for unit, passed in looked if passed]
        failed = [unit for unit, passed in looked if not passed]
        for unit in accepted:
            unit.decide("accept")
            unit.move("shelve")
        for unit in failed:
            unit.move("hold")
        self._record(return_events.Inspected(at, pieces_of(accepted), pieces_of(failed)))

    def record_inspection_decision(self, decisions: Sequence[tuple[str, bool]], *, at: datetime) -> None:
        """A person has decided about units that were held; refused units go back to the customer."""
        judged = list(told_units(self.units, decisions))
        for unit, accept in judged:
            unit.decide("accept" if accept else "refuse")
            unit.move("shelve" if accept else "send_back")
        accepted, refused = (pieces_of(unit for unit, accept in judged if accept is wanted) for wanted in (True, False))
        self._record(return_events.Decided(at, accepted, refused))
        self._close_if_finished(at)

    def record_correction(
        self, standings: Sequence[tuple[str, Standing]], *, inspect_by: datetime | None, at: datetime
    ) -> None:
        """The warehouse takes back what it told about units, or a person a decision (Z01). The return goes on."""
        told = list(told_units(self.units, standings))
        for unit, standing in told:
            unit.stand(standing, sent=bool(self.shipments.announced))
        if inspect_by is not None:
            self.promises.promise_inspection(inspect_by, others_wait=True)
        words = Counter[Standing]()
        for unit, standing in told:
            words[standing] += unit.quantity
        if self.ending is not None and any(not self.finished(unit) for unit in self.units):
            self.ending = None
        self._record(
            return_events.Corrected(
                at,
                expected=words[Standing.EXPECTED] + words[Standing.CANCELLED],
                waiting=words[Standing.RECEIVED],
                accepted=words[Standing.ACCEPTED],
                held=words[Standing.FAILED],
            )
        )
        self._close_if_finished(at)

    def record_doubt(self, kind: str, sku: str, quantity: int, *, at: datetime) -> None:
        """The warehouse's own count or result needs a person; goods and money stay as they are (Z01)."""
        self._record(return_events.Doubted(at, kind, sku, quantity))

    def record_cleared(self, kind: str, sku: str, quantity: int, *, at: datetime) -> None:
        """A question about goods, a count or money has its end (Z01)."""
        self._record(return_events.Cleared(at, kind, sku, quantity))

    def record_refund_opened(self, refund: Refund, *, at: datetime, remainder: str | None = None) -> None:
        """Money is reserved for units that were accepted; `NotYet` until their inspection has been reported."""
        for unit in find_units(self.units, refund.units):
            if unit.decision is UnitOutcome.NONE and not unit.was_accepted:
                raise NotYet(f"the inspection of {unit.id}")
            if unit.decision is not UnitOutcome.ACCEPTED and not unit.was_accepted:
                raise IllegalMove("refund", unit.decision, (UnitOutcome.ACCEPTED,))
        self.refunds.known.append(refund)
        if self.ending in ENDED_WITH_A_REFUND:
            self.ending = None
        self._record(return_events.RefundOpened(at, refund.id, refund.amount))
        if remainder is not None:
            self._record(return_events.RefundRemainder(at, refund.id, remainder))

    def record_remainder_closed(self, refund_id: str, amount: str, outcome: str, *, at: datetime) -> None:
        """A person has settled what no payment of the order could give back (Z09)."""
        self.refunds.get(refund_id).remainder_closed = True
        self._record(return_events.RemainderClosed(at, refund_id, amount, outcome))
        self._close_if_finished(at)

    def record_refund_doubted(self, refund_id: str, *, at: datetime) -> None:
        """The payment provider has not answered."""
        self.refunds.get(refund_id).state = RefundState.DOUBTED
        self._record(return_events.RefundDoubted(at, refund_id))

    def record_refund_settled(self, refund_id: str, *, at: datetime) -> None:
        """The payment provider has paid; the customer is still to be told."""
        refund = self.refunds.get(refund_id)
        refund.state = RefundState.SETTLED
        self._record(return_events.RefundSettled(at, refund_id, refund.amount))

    def record_refund_stopped(self, refund_id: str, *, at: datetime) -> None:
        """A correction has stopped the refund before anything was paid (Z01)."""
        refund = self.refunds.get(refund_id)
        self.refunds.known.remove(refund)
        self._record(return_events.RefundStopped(at, refund_id, refund.amount))
        self._close_if_finished(at)

    def record_refund_failed(self, refund_id: str, *, at: datetime) -> None:
        """The payment provider has refused; the units stay accepted and wait for another refund."""
        self.refunds.get(refund_id).state = RefundState.FAILED
        self._record(return_events.RefundFailed(at, refund_id))

    def message_sent(self, kind: str, channel: str, about: str, *, at: datetime) -> None:
        """A message has left; the message that tells of the last paid refund ends the return."""
        self.refunds.message_sent(kind, about, at)
        self._record(return_events.MessageSent(at, kind, channel))
        self._close_if_finished(at)

    def message_failed(self, kind: str, channel: str, *, at: datetime) -> None:
        """A message could not be delivered; a person takes care of it."""
        self.refunds.message_failed(kind)
        self._record(return_events.MessageFailed(at, kind, channel))

    def annotate(self, metadata: Mapping[str, str], external_reference: str | None, *, at: datetime) -> None:
        """Replace the metadata and the reference."""
        notes = self.annotations
        if (dict(notes.metadata), notes.external_reference) != (dict(metadata), external_reference):
            notes.metadata, notes.external_reference = dict(metadata), external_reference
            self._record(return_events.Annotated(at))

    def tag(self, tags: Sequence[str], *, at: datetime) -> None:
        """Replace the tags."""
        before, now = self.annotations.tags, tuple(sorted(set(tags)))
        if before != now:
            self.annotations.tags = now
            added, removed = set(now) - set(before), set(before) - set(now)
            self._record(return_events.Tagged(at, tuple(sorted(added)), tuple(sorted(removed))))

    def add_note(self, text: str, *, by: str, at: datetime) -> None:
        """Add a note of a colleague. `TooManyNotes`."""
        if self.annotations.note_count >= MOST_NOTES:
            raise TooManyNotes(most=MOST_NOTES)
        self.annotations.note_count += 1
        self._record(return_events.Noted(at, self.annotations.note_count, text, by))

    def lapse(self, *, at: datetime) -> None:
        """The time for sending is over: what is still with the customer stays there (D06)."""
        self._check_move("lapse")
        kept = [unit for unit in self.units if unit.can_stay and unit.whereabouts is Whereabouts.WITH_CUSTOMER]
        self._withdraw(kept)
        self._record(return_events.Lapsed(at, pieces_of(kept)))
        if all(unit.decision is UnitOutcome.WITHDRAWN for unit in self.units):
            self._close(at, Ending.LAPSED)
        else:
            self._close_if_finished(at)

    def fall_due(self, *, at: datetime) -> None:
        """Act on the running promise: remind, let the return lapse, or record that the promise is overdue."""
        promise = self.deadline
        if promise is None or self.due_at is None:
            return
        if self.promises.remind(promise, at):
            self._record(return_events.Reminded(at, promise.name))
        if promise.ends_at > at:
            return
        if promise.name == SHIP:
            self.lapse(at=at)
        else:
            self.promises.call_overdue(promise)
            self._record(return_events.Overdue(at, promise.name))

    def _approve(self, ruling: RecordedDecision, assessment: Assessment, rma: str, at: datetime) -> None:
        self.rma = rma
        self.shipments.instructions = assessment.instructions
        self.promises.promise_after_approval(assessment)
        self._record(return_events.Approved(at, ruling.by_policy, rma))

    def _refuse(self, ruling: RecordedDecision, at: datetime) -> None:
        for unit in self.units:
            unit.decide("refuse")
        self.ending = Ending.REFUSED
        self._record(return_events.Refused(at, ruling.by_policy))

    def _close_if_finished(self, at: datetime) -> None:
        if self.ending is not None or self.refunds.paying or not all(self.finished(unit) for unit in self.units):
            return
        decisions = {unit.decision for unit in self.units}
        if UnitOutcome.ACCEPTED not in decisions:
            ending = Ending.GOODS_BACK if UnitOutcome.REFUSED in decisions else Ending.CANCELLED
        else:
            ending = Ending.REFUNDED if decisions == {UnitOutcome.ACCEPTED} else Ending.PARTLY_REFUNDED
        self._close(at, ending)

    def _close(self, at: datetime, ending: Ending) -> None:
        self.ending = ending
        self._record(return_events.Closed(at, ending))

    def _withdraw(self, units: Sequence[ReturnUnit]) -> None:
        for unit in units:
            unit.decide("withdraw")

    def _check_move(self, verb: str) -> None:
        allowed = MOVES[verb]
        if self.status not in allowed:
            raise IllegalMove(verb, self.status, allowed)

    def _record(self, event: return_events.ReturnEvent) -> None:
        self.updated_at = event.at
        self.events.append(event)
        join_units(self.units, self.refunds.pay_alike)
