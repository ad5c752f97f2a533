"""What other services tell about a return: goods, results, refunds, messages.

Events of other services move units as the tables in `unit` allow. A refund or message event that comes too early makes
its method raise `NotYet`; the inbox tries the event again. `at` is when the fact happened, as its service told it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from service_requests.domain.returns import events as return_events
from service_requests.domain.returns.known_refund import Refund, RefundMoved
from service_requests.domain.returns.progress.open_question import OpenQuestion
from service_requests.domain.returns.progress.service_norms import Norm
from service_requests.domain.returns.return_core import ReturnCore
from service_requests.domain.returns.return_error import NotPossibleNow, Situation
from service_requests.domain.returns.return_status import ENDED_WITH_A_REFUND, MOVES, RefundState
from service_requests.domain.returns.return_units import find_units, pieces_of, told_units
from service_requests.domain.returns.unit import Standing, UnitOutcome, Whereabouts
from shared.kernel.errors import NotYet
from shared.kernel.piece_range import split_units

OWN_DOUBTS: Final = frozenset({"looks", "money"})
"""Questions about the warehouse's own counts and results; all others are about goods."""
KEPT_GOODS: Final = "cancelled"
"""Goods of a return that was cancelled as a whole."""
PLACE_OF_KEPT_GOODS: Final = {
    "returned_to_customer": "send_back",
    "disposed": "discard",
    "matched_to_return": "discard",
}
"""Where goods go that the customer had kept and sent all the same, by what a person has decided."""


@dataclass(slots=True, kw_only=True)
class FollowedReturn(ReturnCore):
    """A return that follows the facts of other services."""

    def receive(self, units: Sequence[str], *, inspect_by: datetime, at: datetime) -> None:
        """Units are at the dock. Units that had been withdrawn are held again: the return lives on (F02, W3, Z23)."""
        if self.status not in MOVES["receive"]:
            raise NotPossibleNow("receive", Situation.IN_REVIEW)
        arrived = find_units(self.units, units)
        names = {unit.id for unit in arrived}
        revived = [unit for unit in arrived if unit.decision is UnitOutcome.WITHDRAWN]
        for unit in revived:
            unit.decide("revive")
        for unit in arrived:
            unit.move("come_back" if unit in revived else "arrive")
            unit.by = inspect_by
        others_wait = any(unit.whereabouts is Whereabouts.AT_DOCK and unit.id not in names for unit in self.units)
        self.promises.promise_inspection(inspect_by, others_wait=others_wait)
        if revived:
            self.ending = None
            self._record(return_events.Revived(at, pieces_of(revived)))
        held = pieces_of(unit for unit in self.units if unit.holds_unit)
        self._record(return_events.Received(at, pieces_of(arrived), held))

    def record_question(
        self, question_id: str, about: tuple[str, str, int], answer_by: datetime | None, *, at: datetime
    ) -> None:
        """The warehouse asks: goods that nobody announced, or a count or result of its own (F03, Z01).

        `about` are its kind, the article and the pieces. Units and money stay as they are. The same question again is
        the same question, with its newest deadline.
        """
        kind, sku, quantity = about
        until = answer_by or self._due(Norm.ANSWER, at)
        question = OpenQuestion(id=question_id, kind=kind, sku=sku, quantity=quantity, answer_by=until)
        self.questions = [*(each for each in self.questions if each.id != question_id), question]
        if kind in OWN_DOUBTS:
            self._record(return_events.Doubted(at, kind, sku, quantity))
        elif kind == KEPT_GOODS:
            self._record(return_events.KeptGoodsArrived(at, sku, quantity))
        else:
            self._record(return_events.Questioned(at, sku, quantity))

    def record_answer(self, question_id: str, fact: return_events.Cleared | return_events.DoubtCleared) -> None:
        """A question has its end. Goods that the customer keeps are no longer on their way (Z23)."""
        self.questions = [each for each in self.questions if each.id != question_id]
        place = PLACE_OF_KEPT_GOODS.get(fact.became) if fact.doubt == KEPT_GOODS else None
        if place is not None:
            strays = [unit for unit in self.units if unit.is_stray and self.lines[unit.place].sku == fact.sku]
            names = [unit.id for unit in split_units(strays, fact.quantity)[0]]
            for unit in find_units(self.units, names):
                unit.move(place)
        self._record(fact)

    def record_parcel_found(self, arrived_on: date, *, at: datetime) -> None:
        """A parcel without a readable number belongs to this return (F04, Z21)."""
        self._record(return_events.ParcelFound(at, arrived_on.isoformat()))

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

    def record_inspection_decision(self, decisions: Sequence[tuple[str, bool]], *, at: datetime, why: str = "") -> None:
        """A person has decided about units that were held; refused units go back to the customer."""
        judged = list(told_units(self.units, decisions))
        for unit, accept in judged:
            unit.decide("accept" if accept else "refuse")
            unit.move("shelve" if accept else "send_back")
        accepted, refused = (pieces_of(unit for unit, accept in judged if accept is wanted) for wanted in (True, False))
        self._record(return_events.Decided(at, accepted, refused, why))
        self._close_if_finished(at)

    def record_correction(
        self, standings: Sequence[tuple[str, Standing]], *, inspect_by: datetime | None, at: datetime
    ) -> None:
        """The warehouse takes back what it told about units, or a person a decision (Z01). The return goes on."""
        told = list(told_units(self.units, standings))
        for unit, standing in told:
            unit.stand(standing, sent=bool(self.shipments.announced))
            if unit.whereabouts is Whereabouts.AT_DOCK and unit.by is None:
                unit.by = inspect_by
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

    def record_extension(self, units: Sequence[str], until: datetime, reason: str, *, at: datetime) -> None:
        """The warehouse needs longer for the inspection of these units (Z24)."""
        for unit in find_units(self.units, units):
            if unit.whereabouts is Whereabouts.AT_DOCK:
                unit.by = until
        self._record(return_events.InspectionExtended(at, until.date().isoformat(), reason))

    def record_refund_opened(self, refund: Refund, *, at: datetime, remainder: str | None = None) -> None:
        """Money is reserved for units that were accepted; `NotYet` until that has been reported, whatever stood before:
        goods of a cancelled return may have arrived, and a refusal may have been taken back.
        """
        for unit in find_units(self.units, refund.units):
            if unit.decision is not UnitOutcome.ACCEPTED and not unit.was_accepted:
                raise NotYet(f"the inspection of {unit.id}")
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
        self.record_refund_moved(RefundState.DOUBTED, return_events.RefundDoubted(at, refund_id))

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
        self.record_refund_moved(RefundState.FAILED, return_events.RefundFailed(at, refund_id))

    def record_refund_moved(self, state: RefundState, event: RefundMoved) -> None:
        """The service of refunds has told how a refund goes on (Z22). When nothing is open, the return ends."""
        self.refunds.get(event.refund_id).state = state
        self._record(event)
        self._close_if_finished(event.at)

    def message_sent(self, kind: str, channel: str, about: str, *, at: datetime, dropped: str | None = None) -> None:
        """A message has left, or was `dropped`; the one that tells of the last paid refund ends the return."""
        self.refunds.message_sent(kind, about, at)
        sent = return_events.MessageSent(at, kind, channel)
        self._record(sent if dropped is None else return_events.MessageDropped(at, kind, dropped))
        self._close_if_finished(at)

    def message_failed(self, kind: str, channel: str, *, at: datetime) -> None:
        """A message could not be delivered; a person takes care of it."""
        self.refunds.message_failed(kind)
        self._record(return_events.MessageFailed(at, kind, channel))
