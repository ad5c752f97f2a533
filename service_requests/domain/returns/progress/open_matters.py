"""Which matters of a return are open, computed from its parts: nothing is stored that could disagree with them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from service_requests.domain.returns.known_refund import KnownRefunds, Refund
from service_requests.domain.returns.progress.matter import NEXT, URGENCY, Matter
from service_requests.domain.returns.progress.open_question import OpenQuestion
from service_requests.domain.returns.progress.return_promises import ReturnPromises, RunningPromise
from service_requests.domain.returns.progress.service_norms import ServiceNorms
from service_requests.domain.returns.return_review import ReturnReview
from service_requests.domain.returns.return_status import Ending, RefundState
from service_requests.domain.returns.shipment import Shipments
from service_requests.domain.returns.unit import ReturnUnit, UnitOutcome, Whereabouts


class ReturnParts(Protocol):
    """The parts of a return from which its open matters follow."""

    units: list[ReturnUnit]
    review: ReturnReview
    shipments: Shipments
    refunds: KnownRefunds
    promises: ReturnPromises
    questions: list[OpenQuestion]
    norms: ServiceNorms
    ending: Ending | None
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMatter:
    """One open matter; `units` are the units that it concerns, none where it concerns the whole return.

    `day` is the last day where the deadline is a day and not an hour. `stored` is false where a row from before
    deadlines were kept has none, so that the deadline is only computed.
    """

    matter: Matter
    by: datetime | None
    day: date | None = None
    units: tuple[str, ...] = ()
    stored: bool = True

    @property
    def promise(self) -> RunningPromise | None:
        """The deadline under the name by which it is called overdue."""
        return None if self.by is None else RunningPromise(NEXT[self.matter].promise, self.by)


def open_matters(of: ReturnParts) -> Sequence[OpenMatter]:
    """Every open matter: the overdue ones first, then the most urgent kind, then the one that ends first."""
    return sorted(
        _found(of), key=lambda each: (not is_overdue(of, each), URGENCY[each.matter], each.by or of.updated_at)
    )


def running_promises(of: ReturnParts) -> Sequence[RunningPromise]:
    """The promise of every open matter that has a deadline, in no order."""
    return [promise for each in _found(of) if (promise := each.promise) is not None]


def _found(of: ReturnParts) -> Iterator[OpenMatter]:
    yield from _of_review(of)
    yield from _of_units(of)
    yield from _of_refunds(of)
    yield from _of_messages(of)
    yield from _of_questions(of)


def is_overdue(of: ReturnParts, matter: OpenMatter) -> bool:
    """Whether the deadline was found to have passed."""
    promise = matter.promise
    return promise is not None and of.promises.was_called_overdue(promise)


def matter_of_unit(unit: ReturnUnit, refunds: KnownRefunds) -> Matter:
    """What is next for the unit itself on an approved return; its refund has matters of its own."""
    if unit.decision is UnitOutcome.NONE:
        return _UNDECIDED[unit.whereabouts]
    if unit.is_stray:
        return Matter.STRAY
    if unit.decision is UnitOutcome.ACCEPTED and refunds.of_unit(unit.id) is None:
        return Matter.CALCULATE
    return Matter.NOTHING


_UNDECIDED: Final[Mapping[Whereabouts, Matter]] = {
    Whereabouts.WITH_CUSTOMER: Matter.SHIP,
    Whereabouts.IN_TRANSIT: Matter.ARRIVE,
    Whereabouts.AT_DOCK: Matter.INSPECT,
    Whereabouts.IN_INSPECTION: Matter.JUDGE,
    Whereabouts.IN_STOCK: Matter.JUDGE,
    Whereabouts.BACK_TO_CUSTOMER: Matter.JUDGE,
}
"""An undecided unit that is on the shelf or on its way back is one whose decision was taken back: a person decides."""


def _of_review(of: ReturnParts) -> Iterator[OpenMatter]:
    if of.review.ruling is None and of.ending is None:
        yield OpenMatter(matter=Matter.DECIDE, by=of.promises.decide_by)


def _of_units(of: ReturnParts) -> Iterator[OpenMatter]:
    """Units of one matter with one deadline are one open matter. Each deadline stands for itself (Z24)."""
    if of.review.ruling is None:
        return
    groups: dict[tuple[Matter, datetime | None], list[str]] = {}
    for unit in of.units:
        matter = matter_of_unit(unit, of.refunds)
        if matter is not Matter.NOTHING:
            groups.setdefault((matter, unit.by), []).append(unit.id)
    for (matter, by), units in groups.items():
        if matter is Matter.SHIP:
            instructions = of.shipments.instructions
            day = None if instructions is None else instructions.ship_by
            yield OpenMatter(matter=matter, by=of.promises.ship_until, day=day, units=tuple(units))
        else:
            told = by or (of.promises.inspect_by if matter is Matter.INSPECT else None)
            end, stored = told or _computed(of, matter), told is not None
            yield OpenMatter(matter=matter, by=end, units=tuple(units), stored=stored)


def _of_refunds(of: ReturnParts) -> Iterator[OpenMatter]:
    for refund in of.refunds.known:
        matter = _matter_of_refund(refund, of.refunds, of.units)
        if matter is Matter.TELL:
            end = refund.tell_by or _computed(of, matter)
            yield OpenMatter(matter=matter, by=end, units=refund.units, stored=refund.tell_by is not None)
        elif matter is not Matter.NOTHING:
            owed = of.refunds.first_owed(refund)
            yield OpenMatter(matter=matter, by=owed.pay_by, day=owed.pay_by_day, units=refund.units)


def _matter_of_refund(refund: Refund, refunds: KnownRefunds, units: Sequence[ReturnUnit]) -> Matter:
    if refund.state is RefundState.FAILED:
        return Matter.REFUND_FAILED if refunds.needs_another(refund, units) else Matter.NOTHING
    if refund.open_remainder and (refund.told_at is not None or not refund.amount_minor):
        return Matter.REMAINDER
    if refund.state is RefundState.SETTLED:
        return Matter.TELL if refund.told_at is None else Matter.NOTHING
    if refund.state is RefundState.CLOSED:
        return Matter.REMAINDER if refund.open_remainder else Matter.NOTHING
    return Matter.REFUND_DOUBTED if refund.state is RefundState.DOUBTED else Matter.PAY


def _of_messages(of: ReturnParts) -> Iterator[OpenMatter]:
    if of.refunds.untold:
        by = of.refunds.untold_by
        yield OpenMatter(matter=Matter.NOT_TOLD, by=by or _computed(of, Matter.NOT_TOLD), stored=by is not None)


def _of_questions(of: ReturnParts) -> Iterator[OpenMatter]:
    for deadline in dict.fromkeys(question.answer_by for question in of.questions):
        yield OpenMatter(matter=Matter.ANSWER, by=deadline)


def _computed(of: ReturnParts, matter: Matter) -> datetime | None:
    """The deadline of a row that has kept none: counted from its last change."""
    norm = NEXT[matter].norm
    return None if norm is None else of.norms.due(norm, of.updated_at, of.promises.calendar)
