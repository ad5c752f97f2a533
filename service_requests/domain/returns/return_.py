"""A return, from the request to its end, with the verbs of customer, agent and clock.

`approve` and `refuse` are allowed in the statuses that `MOVES` names. `cancel`, `ship`, `lapse` and `extend` look at
each unit or deadline for itself, so that one unit never blocks another (Z24). A refusal says what can be done instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from service_requests.domain.eligibility.assessment import Assessment, Outcome, RecordedAlternative, RecordedReason
from service_requests.domain.returns import events as return_events
from service_requests.domain.returns.annotations import MOST_NOTES, TooManyNotes
from service_requests.domain.returns.progress.matter import DeadlineName, Matter
from service_requests.domain.returns.recorded_decision import RecordedDecision
from service_requests.domain.returns.return_error import NotPossibleNow, Situation, TooFewToCancel
from service_requests.domain.returns.return_facts import FollowedReturn
from service_requests.domain.returns.return_status import MOVES, Ending
from service_requests.domain.returns.return_units import find_units, pieces_of
from service_requests.domain.returns.shipment import Shipment
from service_requests.domain.returns.unit import ReturnUnit, UnitOutcome, Whereabouts
from shared.kernel.errors import Said
from shared.kernel.piece_range import split_units


@dataclass(slots=True, kw_only=True)
class Return(FollowedReturn):
    """One customer's request to send goods of one order back, with everything that follows."""

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

    def cancel(self, *, at: datetime, units: Sequence[str] | None = None, quantity: int | None = None) -> None:
        """The customer keeps these units, or so many pieces, or all that have not arrived. Others go on (A11, Z24).

        `NotPossibleNow`, `NoSuchUnit`, `TooFewToCancel`.
        """
        kept = self._cancellable(units, quantity)
        self._withdraw(kept)
        if any(unit.decision is not UnitOutcome.WITHDRAWN for unit in self.units):
            self._record(return_events.Withdrawn(at, pieces_of(kept), tuple(unit.id for unit in kept)))
            self._close_if_finished(at)
        else:
            self.ending = Ending.CANCELLED
            self._record(return_events.Cancelled(at))

    def _cancellable(self, units: Sequence[str] | None, quantity: int | None) -> Sequence[ReturnUnit]:
        possible = [unit for unit in self.units if unit.can_stay]
        if not possible:
            raise NotPossibleNow("cancel", Situation.ARRIVED if self.ending is None else Situation.ENDED)
        if units is not None:
            chosen: Sequence[ReturnUnit] = find_units(self.units, units, pointer="/unit_ids")
            if not all(unit.can_stay for unit in chosen):
                raise NotPossibleNow("cancel", Situation.ARRIVED, pointer="/unit_ids")
        elif quantity is not None:
            if quantity > pieces_of(possible):
                raise TooFewToCancel(pointer="/quantity", possible=pieces_of(possible))
            unsent_first = sorted(possible, key=lambda unit: unit.whereabouts is Whereabouts.IN_TRANSIT)
            chosen = find_units(self.units, [unit.id for unit in split_units(unsent_first, quantity)[0]])
        else:
            chosen = possible
        if self.review.ruling is None and pieces_of(chosen) < pieces_of(self.units):
            raise NotPossibleNow("cancel", Situation.IN_REVIEW, pointer="/unit_ids" if units else "/quantity")
        return chosen

    def ship(self, shipment: Shipment, units: Sequence[str] | None) -> None:
        """A parcel is announced: with these units, else with all units that are still with the customer."""
        if self.review.ruling is None:
            raise NotPossibleNow("ship", Situation.IN_REVIEW)
        if not any(unit.can_stay for unit in self.units):
            raise NotPossibleNow("ship", Situation.ARRIVED if self.ending is None else Situation.ENDED)
        self.shipments.check(shipment)
        if units is None:
            leaving = [unit for unit in self.units if unit.is_unsent]
        else:
            leaving = find_units(self.units, units, pointer="/unit_ids")
            if not all(unit.is_unsent for unit in leaving):
                raise NotPossibleNow("ship", Situation.NAMED, pointer="/unit_ids")
        for unit in leaving:
            unit.move("ship")
        names = tuple(unit.id for unit in leaving)
        self.shipments.announce(replace(shipment, units=names))
        self._record(
            return_events.Shipped(shipment.announced_at, shipment.id, shipment.carrier, shipment.tracking_number, names)
        )

    def extend(self, promise: DeadlineName, day: date, reason: Said, *, at: datetime) -> None:
        """Somebody has longer: move a deadline to the end of a later day, and say why (Z24).

        The deadlines of the law for money cannot be moved. `NotPossibleNow`, `DeadlineNotLater`.
        """
        open_matters = [each for each in self.open_matters if each.matter == promise.value]
        if not open_matters:
            raise NotPossibleNow("extend", Situation.ENDED)
        present = max((each.by for each in open_matters if each.by is not None), default=at)
        until = self.promises.extended(promise, day, self.norms, present=present, at=at)
        if promise is DeadlineName.SHIP and self.shipments.instructions is not None:
            self.shipments.instructions = replace(self.shipments.instructions, ship_by=day)
        names = {name for each in open_matters for name in each.units}
        if promise not in (DeadlineName.SHIP, DeadlineName.DECIDE):
            for unit in self.units:
                if unit.id in names:
                    unit.by = until
        self._record(return_events.DeadlineExtended(at, promise.value, until, day, reason))

    def lapse(self, *, at: datetime) -> None:
        """The time for sending is over: what is still with the customer stays there, whatever the others do (D06)."""
        kept = [unit for unit in self.units if unit.is_unsent]
        if not kept or self.review.ruling is None:
            raise NotPossibleNow("lapse", Situation.ARRIVED)
        self._withdraw(kept)
        self._record(return_events.Lapsed(at, pieces_of(kept), tuple(unit.id for unit in kept)))
        if all(unit.decision is UnitOutcome.WITHDRAWN for unit in self.units):
            self._close(at, Ending.LAPSED)
        else:
            self._close_if_finished(at)

    def fall_due(self, *, at: datetime) -> None:
        """Act on every deadline that has passed, each for itself: remind, end by itself, or record it as overdue."""
        for each in self.open_matters:
            promise = each.promise
            if promise is None or promise.key in self.promises.overdue:
                continue
            if self.promises.remind(promise, at):
                self._record(return_events.Reminded(at, promise.name))
            if promise.ends_at > at:
                continue
            if each.matter is Matter.SHIP:
                self.lapse(at=at)
            elif each.matter is Matter.STRAY:
                self._give_up_parcel(each.units, at)
            else:
                self.promises.call_overdue(promise)
                self._record(return_events.Overdue(at, promise.name, promise.ends_at))

    def _give_up_parcel(self, names: Sequence[str], at: datetime) -> None:
        """Goods that the customer keeps have not arrived in the usual time, so they have stayed with her."""
        stayed = find_units(self.units, names)
        for unit in stayed:
            unit.move("stay")
        self._record(return_events.NeverArrived(at, pieces_of(stayed)))

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

    def _check_move(self, verb: str) -> None:
        if self.status not in MOVES[verb]:
            raise NotPossibleNow(verb, Situation.DECIDED)
