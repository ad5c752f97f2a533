"""What this service keeps of a return: what the approval told the customer, and when goods were sent and arrived."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from service_refunds.domain.events import ReturnRecorded
from service_refunds.domain.known.known_order import WITHOUT_TERMS, KnownTerm, PayBy, Seen, _first
from service_refunds.domain.known.known_rule import UNSAID, KnownRule, RefundChoice
from shared.kernel.calendar import WorkingCalendar
from shared.kernel.errors import Refused, Said
from shared.kernel.piece_range import PieceRange, borders, in_order
from shared.kernel.refund_term import Milestone, soonest


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit that may come back. `seller_at_fault`: the reason is the merchant's or the carrier's fault."""

    unit_id: str
    line_id: str
    seller_at_fault: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KnownDeduction:
    """The customer has agreed that the refund of these pieces is reduced, in hundredths of a percent (R4.5)."""

    unit_id: str
    basis_points: int


def _parts(unit: str, cuts: Mapping[str, set[int]]) -> Sequence[PieceRange]:
    whole = PieceRange.of(unit)
    return whole.cut(cuts.get(whole.base, ()))


def seen_at(first: Mapping[str, datetime], part: PieceRange) -> datetime | None:
    """The first moment at which these pieces were seen; `first` has it by the name of a unit, or of a part of a lot."""
    if not part.is_lot:
        return first.get(part.base)
    return min((at for name, at in first.items() if part.within(PieceRange.of(name))), default=None)


def label_to_charge(amount_minor: int | None, *, prepaid: bool, by_customer: bool) -> int | None:
    """The price of the return label that the refund is reduced by; None where nothing is charged.

    A customer who pays the carrier has paid already. Only a label that the merchant bought is charged (H06).
    """
    return amount_minor if prepaid and by_customer else None


class ReturnWasCancelled(Refused):
    """The customer keeps the goods, but units were accepted. A person must look."""

    code = "return_was_cancelled"
    title = Said("The return was cancelled", "退货已取消")
    detail = Said("Return {return_id} was cancelled.", "退货 {return_id} 已取消。")


class UnitNotAnnounced(Refused):
    """The approval does not name this unit."""

    code = "unit_not_announced"
    title = Said("This unit was not announced", "该件商品不在退货范围内")
    detail = Said("Unit {unit} is not part of return {return_id}.", "商品件 {unit} 不属于退货 {return_id}。")


@dataclass(slots=True, kw_only=True)
class KnownReturn:
    """What the approval told the customer. The refund must keep to it.

    `label_minor` is the price of the return label, where the approval said that the customer pays the label and how
    much it costs. Only one refund is charged with the label: `charged_by`. `whole_order` is stored and not read.
    """

    id: str
    order_id: str
    customer_id: str
    language: str
    units: tuple[KnownUnit, ...]
    statutory_withdrawal: bool
    whole_order: bool
    label_minor: int | None = None
    charged_by: str | None = None
    stated_at: datetime | None = None
    calendar: str | None = None
    terms: tuple[KnownTerm, ...] = ()
    sent: tuple[Seen, ...] = ()
    arrived: tuple[Seen, ...] = ()
    goods_in_at: datetime | None = None
    """When the first goods of the return arrived. Rows from before 0.2 hold no other arrival."""
    cancelled: bool = False
    rules: tuple[KnownRule, ...] = ()
    tender_order: str | None = None
    """Which payment is given back first (I02). None means in proportion."""
    rma: str | None = None
    """Not known of approvals from before 0.2."""
    deductions: tuple[KnownDeduction, ...] = ()
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    def choice_for(self, unit: KnownUnit) -> RefundChoice:
        """What the policy says about the money of this unit (Z12)."""
        rules = (rule for rule in self.rules if (rule.line_id, rule.reason) == (unit.line_id, unit.reason))
        return next((rule.choice for rule in rules), UNSAID)

    def keep(self) -> None:
        """Record that the facts are known or have changed."""
        self.events.append(ReturnRecorded())

    def cancel(self) -> None:
        """The customer keeps the goods."""
        self.cancelled = True
        self.keep()

    def send(self, units: Iterable[str], at: datetime) -> None:
        """The customer has announced a parcel with these units, which proves that they were sent."""
        self.sent = (*self.sent, Seen(at, tuple(units)))
        self.keep()

    def receive(self, units: Iterable[str], at: datetime) -> None:
        """These units arrived at this moment. The news of it may be late."""
        self.arrived = (*self.arrived, Seen(at, tuple(units)))
        self.goods_in_at = at if self.goods_in_at is None else min(at, self.goods_in_at)
        self.keep()

    def decide(self, deductions: Mapping[str, int]) -> None:
        """A person has decided about these units, or has taken a decision back. 0 is no deduction.

        A new decision replaces what was known of the same pieces.
        """
        decided = [PieceRange.of(unit) for unit in deductions]
        kept = [
            KnownDeduction(str(part), known.basis_points)
            for known in self.deductions
            for part in PieceRange.of(known.unit_id).without(decided)
        ]
        agreed = [KnownDeduction(unit, points) for unit, points in deductions.items() if points]
        if (*kept, *agreed) != self.deductions:
            self.deductions = (*kept, *agreed)
            self.keep()

    def deduction_of(self, unit_id: str) -> int:
        """By how many hundredths of a percent the refund of this unit is reduced."""
        piece = PieceRange.of(unit_id)
        found = (known for known in self.deductions if piece.within(PieceRange.of(known.unit_id)))
        return next((known.basis_points for known in found), 0)

    def free_label(self, refund_id: str) -> None:
        """The refund that was charged with the label was stopped; the next one is charged."""
        if self.charged_by == refund_id:
            self.charged_by = None
            self.keep()

    def pay_by(
        self, units: Sequence[KnownUnit], *, agreed_at: datetime, at: datetime, calendar: WorkingCalendar | None
    ) -> PayBy:
        """When the refund of these units falls due (I06): the earliest of their days.

        `agreed_at` is when the units were accepted, `at` when the refund opens. `calendar` is the one that the approval
        names.
        """
        day = None if calendar is None else self._day(units, agreed_at, calendar)
        if calendar is None or day is None:
            return PayBy(at + WITHOUT_TERMS, None)
        return PayBy(calendar.last_second_of(day), day)

    def _day(self, units: Sequence[KnownUnit], agreed_at: datetime, calendar: WorkingCalendar) -> date | None:
        sent, arrived = _first(self.sent), _first(self.arrived)
        cuts = borders([*sent, *arrived, *(unit.unit_id for unit in units)])
        histories = {
            (unit.line_id, unit.reason, seen_at(sent, part), seen_at(arrived, part) or self.goods_in_at)
            for unit in units
            for part in _parts(unit.unit_id, cuts)
        }
        days: list[date] = []
        for line_id, reason, sent_at, goods_in_at in histories:
            terms = [each.term for each in self.terms if (each.line_id, each.reason) == (line_id, reason)]
            moments = {
                Milestone.STATEMENT: self.stated_at,
                Milestone.PROOF_OF_SENDING: sent_at,
                Milestone.GOODS_IN: goods_in_at,
                Milestone.AGREED: agreed_at,
            }
            reached = {milestone: calendar.day_of(moment) for milestone, moment in moments.items() if moment}
            place = soonest(terms, reached, calendar)
            day = None if place is None else terms[place].due(reached, calendar).day
            days += [day] if day is not None else []
        return min(days, default=None)

    def charge_label(self, refund: str) -> None:
        """Charge the label with this refund, so that no later refund charges it again."""
        self.charged_by = refund
        self.keep()

    def select(self, units: Iterable[str]) -> tuple[KnownUnit, ...]:
        """The facts of these units, in the order of the approval. `ReturnWasCancelled`, `UnitNotAnnounced`.

        A cancellation leaves units alone that have arrived, whichever of both was told first (Z23).

        A part of a lot has the facts of the lot (Z13). A lot is cut where its pieces have other deductions.
        """
        wanted: dict[str, list[PieceRange]] = {}
        for name in sorted(set(units), key=in_order):
            part = PieceRange.of(name)
            wanted.setdefault(part.base, []).append(part)
        found: list[KnownUnit] = []
        cuts = borders(known.unit_id for known in self.deductions)
        for unit in self.units:
            whole = PieceRange.of(unit.unit_id)
            parts = [part for part in wanted.get(whole.base, ()) if part.within(whole)]
            cut = [piece for part in parts for piece in part.cut(cuts.get(part.base, ()))]
            found += [replace(unit, unit_id=str(part)) if part != whole else unit for part in cut]
        arrived = _first(self.arrived)
        if self.cancelled and any(seen_at(arrived, PieceRange.of(unit.unit_id)) is None for unit in found):
            raise ReturnWasCancelled(return_id=self.id)
        announced = [PieceRange.of(unit.unit_id) for unit in self.units]
        for part in (part for parts in wanted.values() for part in parts):
            if not any(part.within(whole) for whole in announced):
                raise UnitNotAnnounced(unit=str(part), return_id=self.id)
        return tuple(found)
