"""A return, from the request to the last word. Its status is read off its units and milestones, never typed.

Verbs of our own start only from the states in `MOVES`. Facts from other services move units by the tables of `unit`; a
fact that arrives before the one it rests on raises `NotYet` and is brought again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from service_requests.domain.eligibility.assessment import (
    Assessment,
    Basis,
    Instructions,
    Outcome,
    RecordedAlternative,
    RecordedReason,
    Times,
)
from service_requests.domain.eligibility.case_of_order import Goodwill
from service_requests.domain.policy.vocabulary import Fault, Payer
from service_requests.domain.returns import events as happened
from service_requests.domain.returns.unit import ReturnUnit, UnitOutcome, Whereabouts
from shared.kernel.errors import IllegalMove, Malformed, NotYet, Refused, Said
from shared.kernel.money import Money


class ReturnStatus(StrEnum):
    """The header: how far the unfinished unit that is least far has come, or how it ended."""

    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SHIPPED = "shipped"
    RECEIVED = "received"
    AWAITING_PERSON = "awaiting_person"
    INSPECTED = "inspected"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    CLOSED = "closed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class Ending(StrEnum):
    """How a return ended."""

    REFUNDED = "refunded"
    PARTLY_REFUNDED = "partly_refunded"
    GOODS_BACK = "goods_back"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class RefundState(StrEnum):
    """What we have heard of a refund."""

    OPENED = "opened"
    DOUBTED = "doubted"
    SETTLED = "settled"
    FAILED = "failed"


_S = ReturnStatus
_UNDER_WAY: Final = frozenset(
    {_S.APPROVED, _S.SHIPPED, _S.RECEIVED, _S.AWAITING_PERSON, _S.INSPECTED, _S.REFUNDING, _S.REFUNDED}
)

MOVES: Final[Mapping[str, frozenset[ReturnStatus]]] = {
    # verb        from
    "approve":    frozenset({_S.IN_REVIEW}),
    "refuse":     frozenset({_S.IN_REVIEW}),
    "cancel":     frozenset({_S.IN_REVIEW, _S.APPROVED, _S.SHIPPED}),
    "ship":       frozenset({_S.APPROVED, _S.SHIPPED, _S.AWAITING_PERSON}),
    "lapse":      frozenset({_S.APPROVED}),
    "receive":    _UNDER_WAY | {_S.CLOSED, _S.CANCELLED, _S.LAPSED},
}  # fmt: skip
"""Where our own verbs, and the first fact of the warehouse, may start."""

STATUS_OF_ENDING: Final[Mapping[Ending, ReturnStatus]] = {
    Ending.REFUNDED: ReturnStatus.CLOSED,
    Ending.PARTLY_REFUNDED: ReturnStatus.CLOSED,
    Ending.GOODS_BACK: ReturnStatus.CLOSED,
    Ending.REFUSED: ReturnStatus.REFUSED,
    Ending.CANCELLED: ReturnStatus.CANCELLED,
    Ending.LAPSED: ReturnStatus.LAPSED,
}

STATUS_OF_WHEREABOUTS: Final[Mapping[Whereabouts, ReturnStatus]] = {
    Whereabouts.WITH_CUSTOMER: ReturnStatus.APPROVED,
    Whereabouts.IN_TRANSIT: ReturnStatus.SHIPPED,
    Whereabouts.AT_DOCK: ReturnStatus.RECEIVED,
    Whereabouts.IN_INSPECTION: ReturnStatus.AWAITING_PERSON,
}
STATUS_OF_REFUND: Final[Mapping[RefundState, ReturnStatus]] = {
    RefundState.OPENED: ReturnStatus.REFUNDING,
    RefundState.DOUBTED: ReturnStatus.REFUNDING,
    RefundState.FAILED: ReturnStatus.REFUNDING,
    RefundState.SETTLED: ReturnStatus.REFUNDED,
}
LEAST_FAR_FIRST: Final = (
    ReturnStatus.AWAITING_PERSON,
    ReturnStatus.APPROVED,
    ReturnStatus.SHIPPED,
    ReturnStatus.RECEIVED,
    ReturnStatus.INSPECTED,
    ReturnStatus.REFUNDING,
    ReturnStatus.REFUNDED,
)
"""Which unit speaks for the return: one that waits for a person, else the one least far."""

DECIDE: Final = "decide"
"""The promise that a person decides in time."""

MESSAGES_BEFORE_PAYMENT: Final = frozenset({"refund_opened", "refund_doubted", "refund_failed"})
"""Messages about a refund that do not say it has been paid."""


class NoSuchUnit(Malformed):
    """The return has no such unit."""

    code = "no_such_unit"
    title = Said("The return has no such unit", "退货单中没有该商品")
    detail = Said("The return has no unit {unit}.", "退货单中没有商品 {unit}。")


class ParcelAlreadyAnnounced(Refused):
    """The parcel has been announced before."""

    code = "parcel_already_announced"
    title = Said("This parcel is known already", "该包裹已登记")
    detail = Said(
        "The parcel {tracking_number} of {carrier} was announced before.",
        "{carrier} 的包裹 {tracking_number} 此前已登记。",
    )


class TooManyParcels(Refused):
    """More parcels than a return can sensibly have."""

    code = "too_many_parcels"
    title = Said("Too many parcels", "包裹过多")
    detail = Said("A return has at most {limit} parcels.", "每个退货单最多登记 {limit} 个包裹。")


class SecondPersonNeeded(Refused):
    """Whoever gives goodwill does not also agree to it."""

    code = "second_person_needed"
    title = Said("A second person has to agree", "须由第二人同意")
    detail = Said(
        "You have asked for this goodwill yourself; a colleague decides.", "该善意处理由您提出，须由其他同事决定。"
    )


PARCEL_LIMIT: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLine:
    """What comes back of one order line and why; `by_right`: a withdrawal that the law gives.

    `states` and `proofs` were told besides the condition.
    """

    line_id: str
    sku: str
    name: str
    quantity: int
    reason: str
    condition: str
    comment: str | None
    fault: Fault
    payer: Payer
    by_right: bool
    states: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedDecision:
    """A decision, kept for ever as it was made: grounds, alternatives, by whom, until when one can object."""

    outcome: Outcome
    by_policy: bool
    policy: str
    reasons: tuple[RecordedReason, ...]
    alternatives: tuple[RecordedAlternative, ...] = ()
    note: str | None = None
    object_by: date | None = None


@dataclass(frozen=True, slots=True)
class Shipment:
    """A parcel that the customer has announced."""

    id: str
    carrier: str
    tracking_number: str
    announced_at: datetime


@dataclass(slots=True, kw_only=True)
class Refund:
    """What we have heard of one refund of this return."""

    id: str
    amount_minor: int
    currency: str
    units: tuple[str, ...]
    pay_by: datetime
    pay_by_day: date | None = None
    state: RefundState = RefundState.OPENED
    told_at: datetime | None = None

    @property
    def amount(self) -> str:
        """For a sentence: `199.00 CNY`."""
        return f"{Money(self.amount_minor, self.currency)}"

    @property
    def finished(self) -> bool:
        """Paid, and the customer knows."""
        return self.state is RefundState.SETTLED and self.told_at is not None


@dataclass(slots=True, kw_only=True)
class Return:
    """The aggregate. `policy` is the version that decides about it, `basis` what its first answer was computed from,
    `missing` the proofs that it still lacked, `kindness` what a colleague gives beyond every right, `warn_at` the
    reminders of the decision that are still to come; `held` names the units that the unit ledger holds for it, as last
    saved.
    """

    id: str
    order_id: str
    order_number: str
    customer_id: str
    language: str
    regime: str
    currency: str
    channel: str
    policy: str
    lines: tuple[ReturnLine, ...]
    units: list[ReturnUnit]
    whole_order: bool
    created_at: datetime
    updated_at: datetime
    rma: str | None = None
    instructions: Instructions | None = None
    ruling: RecordedDecision | None = None
    referral: tuple[RecordedReason, ...] = ()
    missing: tuple[str, ...] = ()
    basis: Basis | None = None
    kindness: Goodwill | None = None
    warn_at: tuple[datetime, ...] = ()
    shipments: list[Shipment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    decide_by: datetime | None = None
    ship_until: datetime | None = None
    times: Times | None = None
    inspect_by: datetime | None = None
    overdue: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    ending: Ending | None = None
    held: tuple[str, ...] = ()
    steps: int = 0
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    @property
    def status(self) -> ReturnStatus:
        """The header, computed (see `ReturnStatus`)."""
        if self.ending is not None:
            return STATUS_OF_ENDING[self.ending]
        if self.ruling is None:
            return ReturnStatus.IN_REVIEW
        stages = {self.stage(unit) for unit in self.units if not self.finished(unit)}
        return next((status for status in LEAST_FAR_FIRST if status in stages), ReturnStatus.REFUNDED)

    def stage(self, unit: ReturnUnit) -> ReturnStatus:
        """How far this unit has come, on an approved return."""
        if unit.decision is UnitOutcome.NONE:
            return STATUS_OF_WHEREABOUTS.get(unit.whereabouts, ReturnStatus.INSPECTED)
        refund = self.refund_of(unit)
        return ReturnStatus.INSPECTED if refund is None else STATUS_OF_REFUND[refund.state]

    def finished(self, unit: ReturnUnit) -> bool:
        """Nothing is left to do about this unit: it stays with the customer, or is paid and told."""
        if not unit.live:
            return True
        refund = self.refund_of(unit)
        return refund is not None and refund.finished

    def refund_of(self, unit: ReturnUnit) -> Refund | None:
        """The refund that pays for this unit; after a failed one, the next."""
        return next((refund for refund in reversed(self.refunds) if unit.id in refund.units), None)

    @property
    def due_day(self) -> date | None:
        """The last day of the promise that is running, where the promise is a day and not an hour."""
        days = {
            ReturnStatus.APPROVED: self.instructions.ship_by if self.instructions is not None else None,
            ReturnStatus.REFUNDING: refund.pay_by_day if (refund := self._due_first) is not None else None,
        }
        return days.get(self.status)

    @property
    def _due_first(self) -> Refund | None:
        unpaid = (refund for refund in self.refunds if refund.state is not RefundState.SETTLED)
        return min(unpaid, key=lambda refund: refund.pay_by, default=None)

    @property
    def deadline(self) -> tuple[str, datetime] | None:
        """The promise that is running now, and when it is broken."""
        first = self._due_first
        pay_by = None if first is None else first.pay_by
        running = {
            ReturnStatus.IN_REVIEW: (DECIDE, self.decide_by),
            ReturnStatus.APPROVED: ("ship", self.ship_until),
            ReturnStatus.RECEIVED: ("inspect", self.inspect_by),
            ReturnStatus.REFUNDING: ("pay", pay_by),
        }
        promise, moment = running.get(self.status, ("", None))
        return None if moment is None else (promise, moment)

    @property
    def due_at(self) -> datetime | None:
        """When a watcher must look at it next; a promise already called overdue is not called again."""
        running = self.deadline
        if running is None or _named(running) in self.overdue:
            return None
        return min(running[1], *self.warn_at) if running[0] == DECIDE and self.warn_at else running[1]

    def request(self, assessment: Assessment, *, at: datetime, rma: str) -> None:
        """Ask, and be decided at once where the policy can: approved, refused or referred."""
        self.basis = assessment.basis
        self._record(happened.Requested(at, len(self.units)))
        match assessment.outcome:
            case Outcome.ACCEPT:
                self._approve(assessment, at, rma, by_policy=True, reasons=assessment.findings, note=None)
            case Outcome.REFUSE:
                self._refuse(assessment, at, assessment.findings, assessment.alternatives, by_policy=True, note=None)
            case Outcome.REFER:
                self.refer(assessment, at=at)

    def refer(self, assessment: Assessment, *, at: datetime) -> None:
        """Put it before a person, who decides within the promised working time and is reminded (R2.1, C03, D13)."""
        self.referral = assessment.findings
        self.missing = assessment.missing
        self.decide_by = assessment.decide_by
        self.warn_at = assessment.warn_at
        self._record(happened.Referred(at))

    def approve(self, assessment: Assessment, *, by: str, at: datetime, rma: str, note: str | None) -> None:
        """A person approves; `verdict` is today's, for what follows from it. `SecondPersonNeeded` (B09)."""
        self._may("approve")
        if self.kindness is not None and self.kindness.by == by:
            raise SecondPersonNeeded
        self._approve(assessment, at, rma, by_policy=False, reasons=self.referral, note=note)

    def refuse(
        self,
        assessment: Assessment,
        reason: RecordedReason,
        offers: Sequence[RecordedAlternative],
        *,
        at: datetime,
        note: str | None,
    ) -> None:
        """A person refuses, with the reason and what can be done instead (R2.5); `verdict` is today's."""
        self._may("refuse")
        self._refuse(assessment, at, (reason, *self.referral), tuple(offers), by_policy=False, note=note)

    def cancel(self, *, at: datetime) -> None:
        """The customer keeps what has not arrived; with nothing else open the return is over."""
        self._may("cancel")
        kept = [unit for unit in self.units if unit.keepable]
        self._give_up(kept)
        if any(unit.decision is not UnitOutcome.WITHDRAWN for unit in self.units):
            self._record(happened.Withdrawn(at, len(kept)))
            self._close_if_finished(at)
        else:
            self.ending = Ending.CANCELLED
            self._record(happened.Cancelled(at))

    def ship(self, shipment: Shipment, units: Sequence[str] | None) -> None:
        """A parcel is announced: with these units, else with all that are still with the customer."""
        self._may("ship")
        if len(self.shipments) >= PARCEL_LIMIT:
            raise TooManyParcels(limit=PARCEL_LIMIT)
        if any(known.tracking_number == shipment.tracking_number for known in self.shipments):
            raise ParcelAlreadyAnnounced(carrier=shipment.carrier, tracking_number=shipment.tracking_number)
        if units is None:
            leaving = [u for u in self.units if u.live and u.whereabouts is Whereabouts.WITH_CUSTOMER]
        else:
            leaving = [self._unit(unit, pointer="/unit_ids") for unit in dict.fromkeys(units)]
        for unit in leaving:
            unit.go("ship")
        self.shipments.append(shipment)
        self._record(
            happened.Shipped(
                shipment.announced_at,
                shipment.id,
                shipment.carrier,
                shipment.tracking_number,
                tuple(unit.id for unit in leaving),
            )
        )

    def receive(self, units: Sequence[str], *, inspect_by: datetime, at: datetime) -> None:
        """Units are at the dock; those that had been given up live again (F02, W3)."""
        self._may("receive")
        arrived = [self._unit(unit) for unit in units]
        revived = [unit for unit in arrived if unit.decision is UnitOutcome.WITHDRAWN]
        for unit in revived:
            unit.decide("revive")
        for unit in arrived:
            unit.go("arrive")
        waiting = any(unit.whereabouts is Whereabouts.AT_DOCK for unit in self.units if unit not in arrived)
        if self.inspect_by is None or not waiting or inspect_by < self.inspect_by:
            self.inspect_by = inspect_by
        if revived:
            self.ending = None
            self._record(happened.Revived(at, len(revived)))
        self._record(happened.Received(at, len(arrived), sum(unit.live for unit in self.units)))

    def question(self, sku: str, quantity: int, *, at: datetime) -> None:
        """The dock has found something that was not announced; the units are not touched (F03)."""
        self._record(happened.Questioned(at, sku, quantity))

    def inspected(self, results: Sequence[tuple[str, bool]], *, at: datetime) -> None:
        """Units were looked at: accepted, or held for a person, never finally refused here (R4.5)."""
        accepted = [self._unit(unit) for unit, passed in results if passed]
        failed = [self._unit(unit) for unit, passed in results if not passed]
        for unit in accepted:
            unit.decide("accept")
            unit.go("shelve")
        for unit in failed:
            unit.go("hold")
        self._record(happened.Inspected(at, len(accepted), len(failed)))

    def decided(self, decisions: Sequence[tuple[str, bool]], *, at: datetime) -> None:
        """A person has decided about units that were held; refused ones go back to the customer."""
        for unit_id, accept in decisions:
            unit = self._unit(unit_id)
            unit.decide("accept" if accept else "refuse")
            unit.go("shelve" if accept else "send_back")
        accepted = sum(accept for _, accept in decisions)
        self._record(happened.Decided(at, accepted, len(decisions) - accepted))
        self._close_if_finished(at)

    def refund_opened(self, refund: Refund, *, at: datetime) -> None:
        """Money is reserved for units that were accepted; `NotYet` until we have heard of that."""
        for unit_id in refund.units:
            unit = self._unit(unit_id)
            if unit.decision is UnitOutcome.NONE:
                raise NotYet(f"the inspection of {unit_id}")
            if unit.decision is not UnitOutcome.ACCEPTED:
                raise IllegalMove("refund", unit.decision, (UnitOutcome.ACCEPTED,))
        self.refunds.append(refund)
        self._record(happened.RefundOpened(at, refund.id, refund.amount))

    def refund_doubted(self, refund_id: str, *, at: datetime) -> None:
        """The provider has not answered."""
        self._refund(refund_id).state = RefundState.DOUBTED
        self._record(happened.RefundDoubted(at, refund_id))

    def refund_settled(self, refund_id: str, *, at: datetime) -> None:
        """The provider has paid; the customer is still to be told."""
        refund = self._refund(refund_id)
        refund.state = RefundState.SETTLED
        self._record(happened.RefundSettled(at, refund_id, refund.amount))

    def refund_failed(self, refund_id: str, *, at: datetime) -> None:
        """The provider has said no; the units stay accepted and wait for another refund."""
        self._refund(refund_id).state = RefundState.FAILED
        self._record(happened.RefundFailed(at, refund_id))

    def told(self, kind: str, channel: str, tells: str, *, at: datetime) -> None:
        """A message has left. One that says "refunded" finishes that refund; `NotYet` until we know that it is paid."""
        if kind.startswith("refund") and kind not in MESSAGES_BEFORE_PAYMENT:
            refund = self._refund(tells)
            if refund.state is not RefundState.SETTLED:
                raise NotYet(f"the settlement of {tells}")
            refund.told_at = refund.told_at or at
        if kind in self.untold:
            self.untold.remove(kind)
        self._record(happened.MessageSent(at, kind, channel))
        self._close_if_finished(at)

    def not_told(self, kind: str, channel: str, *, at: datetime) -> None:
        """A message could not be delivered; a person takes care of it."""
        if kind not in self.untold:
            self.untold.append(kind)
        self._record(happened.MessageFailed(at, kind, channel))

    def lapse(self, *, at: datetime) -> None:
        """The time for sending is over: what is still with the customer stays there (D06)."""
        self._may("lapse")
        kept = [unit for unit in self.units if unit.keepable and unit.whereabouts is Whereabouts.WITH_CUSTOMER]
        self._give_up(kept)
        self._record(happened.Lapsed(at, len(kept)))
        if all(unit.decision is UnitOutcome.WITHDRAWN for unit in self.units):
            self._close(at, Ending.LAPSED)
        else:
            self._close_if_finished(at)

    def fall_due(self, *, at: datetime) -> None:
        """What the watcher does about a deadline: late senders lapse, our own lateness is said once; else nothing."""
        running = self.deadline
        if running is None or _named(running) in self.overdue:
            return
        if running[0] == DECIDE:
            self._remind(running[1], at)
        if running[1] > at:
            return
        if running[0] == "ship":
            self.lapse(at=at)
        else:
            self.overdue.append(_named(running))
            self._record(happened.Overdue(at, running[0]))

    def _remind(self, due_at: datetime, at: datetime) -> None:
        """Say once that so much of the promised time has passed, before it is broken (C03)."""
        passed = [moment for moment in self.warn_at if moment <= at]
        self.warn_at = tuple(moment for moment in self.warn_at if moment > at)
        if passed and at < due_at:
            self._record(happened.Reminded(at, DECIDE))

    def _approve(
        self,
        assessment: Assessment,
        at: datetime,
        rma: str,
        *,
        by_policy: bool,
        reasons: tuple[RecordedReason, ...],
        note: str | None,
    ) -> None:
        self.rma = rma
        self.ruling = RecordedDecision(
            outcome=Outcome.ACCEPT, by_policy=by_policy, policy=assessment.policy, reasons=reasons, note=note
        )
        self.instructions = assessment.how
        self.ship_until = assessment.ship_until
        self.times = assessment.times
        self._record(happened.Approved(at, by_policy, rma))

    def _refuse(
        self,
        assessment: Assessment,
        at: datetime,
        reasons: tuple[RecordedReason, ...],
        offers: tuple[RecordedAlternative, ...],
        *,
        by_policy: bool,
        note: str | None,
    ) -> None:
        for unit in self.units:
            unit.decide("refuse")
        self.ruling = RecordedDecision(
            outcome=Outcome.REFUSE,
            by_policy=by_policy,
            policy=assessment.policy,
            reasons=reasons,
            alternatives=offers,
            note=note,
            object_by=assessment.object_by,
        )
        self.ending = Ending.REFUSED
        self._record(happened.Refused(at, by_policy))

    def _close_if_finished(self, at: datetime) -> None:
        paying = any(not refund.finished for refund in self.refunds if refund.state is not RefundState.FAILED)
        if self.ending is not None or paying or not all(self.finished(unit) for unit in self.units):
            return
        decisions = {unit.decision for unit in self.units}
        if UnitOutcome.ACCEPTED not in decisions:
            ending = Ending.GOODS_BACK if UnitOutcome.REFUSED in decisions else Ending.CANCELLED
        else:
            ending = Ending.REFUNDED if decisions == {UnitOutcome.ACCEPTED} else Ending.PARTLY_REFUNDED
        self._close(at, ending)

    def _close(self, at: datetime, ending: Ending) -> None:
        self.ending = ending
        self._record(happened.Closed(at, ending))

    def _give_up(self, units: Sequence[ReturnUnit]) -> None:
        for unit in units:
            unit.decide("withdraw")

    def _unit(self, unit_id: str, pointer: str | None = None) -> ReturnUnit:
        for unit in self.units:
            if unit.id == unit_id:
                return unit
        raise NoSuchUnit(unit=unit_id, pointer=pointer)

    def _refund(self, refund_id: str) -> Refund:
        for refund in self.refunds:
            if refund.id == refund_id:
                return refund
        raise NotYet(f"the opening of {refund_id}")

    def _may(self, verb: str) -> None:
        allowed = MOVES[verb]
        if self.status not in allowed:
            raise IllegalMove(verb, self.status, allowed)

    def _record(self, event: happened.ReturnEvent) -> None:
        self.updated_at = event.at
        self.events.append(event)


def _named(running: tuple[str, datetime]) -> str:
    """One promise with its moment, so that each is called overdue once."""
    return f"{running[0]}@{running[1].astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
