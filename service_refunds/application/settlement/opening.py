"""Opening refunds: the amount for accepted units is calculated once and reserved under all guards in one commit."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from service_refunds.application.ledger import order_balances
from service_refunds.application.ports import UnitOfWork
from service_refunds.application.settlement import refund_calculation
from service_refunds.domain.calculation.calculation import Calculation
from service_refunds.domain.calculation.imported_order import order_of
from service_refunds.domain.known.known_order import WITHOUT_TERMS, KnownOrder, PayBy
from service_refunds.domain.known.known_return import KnownReturn, KnownUnit
from service_refunds.domain.known.known_rule import RefundChoice
from service_refunds.domain.ledger.balance import Balance, BalanceDemand, BalanceKey, Kind, reserve
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.state import State
from service_refunds.domain.settlement.terms import RefundTerms
from shared.kernel.calendar import WorkingCalendar, calendar_named
from shared.kernel.errors import NotYet
from shared.kernel.piece_range import PieceRange, joined_names, pieces_in
from shared.runtime.clock import NewId

NOT_ACCEPTED: Final = "not_accepted_any_more"
"""The code of a refund that is not tried again by itself, because the warehouse has corrected itself."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What opening a refund needs besides the facts: new ids, and the calendars that approvals name."""

    new_id: NewId
    calendars: Mapping[str, WorkingCalendar]

    def calendar(self, returned: KnownReturn) -> WorkingCalendar | None:
        """The calendar that the approval of this return names. `UnknownCalendar`."""
        return None if returned.calendar is None else calendar_named(self.calendars, returned.calendar)


async def open_for(
    uow: UnitOfWork,
    return_id: str,
    units: Sequence[str],
    *,
    agreed_at: datetime | None,
    at: datetime,
    opening: Opening,
    stopped: frozenset[str] = frozenset(),
) -> Sequence[Refund]:
    """Open refunds for these accepted units. A unit that has a refund already is skipped.

    `agreed_at` is when the units were accepted; None means now. `stopped` are refunds that this transaction stops.

    Units whose reason is the seller's fault get a refund of their own, because the law treats them apart; so do units
    for which the policy chooses otherwise, such as a fee for goods of one kind. Raises
    `NotYet` while the order or the approval is unknown, and the refusals of the calculation and of the guards.
    """
    if not units:
        return ()
    agreed_at = min(agreed_at or at, at)
    returned = await uow.returns.read(return_id)
    if returned is None:
        raise NotYet(f"the approval of {return_id}")
    known = await uow.orders.find(returned.order_id)
    if known is None:
        raise NotYet(f"order {returned.order_id}")
    # read after the order: the version of the order then proves that no refund was missed
    earlier, balances = await asyncio.gather(uow.refunds_of(known.id), uow.balances_of(known.id))
    balances = released(balances, (each for each in earlier if each.id in stopped))
    earlier = [each for each in earlier if each.id not in stopped]
    announced = [unit.unit_id for unit in returned.select(units)]
    fresh = returned.select(without_refund(announced, balances))
    opened, _ = open_groups(
        uow, (known, returned), fresh, (earlier, balances), agreed_at=agreed_at, at=at, opening=opening
    )
    if opened:
        known.count(len(opened))
    return opened


def open_groups(
    uow: UnitOfWork,
    facts: tuple[KnownOrder, KnownReturn],
    fresh: Sequence[KnownUnit],
    before: tuple[Sequence[Refund], Mapping[BalanceKey, Balance]],
    *,
    agreed_at: datetime,
    at: datetime,
    opening: Opening,
) -> tuple[Sequence[Refund], Mapping[BalanceKey, Balance]]:
    """Open refunds for units without a refund, after these earlier refunds and balances. Returns the balances after.

    Units of which the order has no piece left are in the refund, with nothing for them: the return ends (Y21).
    """
    known, returned = facts
    earlier, balances = before
    order = refund_calculation.with_balances(order_of(known.current), balances)
    history = refund_calculation.history_of(order, earlier, balances, known.later)
    opened: list[Refund] = []
    for group in alike(returned, fresh):
        left, beyond = refund_calculation.left_of(order, history, group)
        calculation = refund_calculation.calculate(order, history, known, returned, left)
        pay_by = returned.pay_by(group, agreed_at=agreed_at, at=at, calendar=opening.calendar(returned))
        refund = _refund(
            opening.new_id("rfd"), calculation, left, (known, returned), pay_by=pay_by, at=at, beyond=beyond
        )
        balances = reserve(balances, refund.terms.demands)
        uow.refunds.add(refund)
        if calculation.request.return_label is not None:
            returned.charge_label(refund.id)
        history = calculation.after()
        opened.append(refund)
    return opened, balances


def open_growth(
    uow: UnitOfWork,
    facts: tuple[KnownOrder, KnownReturn],
    before: tuple[Sequence[Refund], Mapping[BalanceKey, Balance]],
    *,
    at: datetime,
    opening: Opening,
) -> tuple[Refund | None, Mapping[BalanceKey, Balance]]:
    """Open a refund for what earlier pieces of the order give now, less what they gave. None when that is nothing.

    The refund has no units. It belongs to the return that is named, and is due as soon as the law's shortest term.
    """
    _, balances = before
    calculation = growth_of(facts, before)
    if not calculation.refund and not calculation.remainders:
        return None, balances
    refund = _refund(opening.new_id("rfd"), calculation, (), facts, pay_by=PayBy(at + WITHOUT_TERMS, None), at=at)
    balances = reserve(balances, refund.terms.demands)
    uow.refunds.add(refund)
    return refund, balances


def growth_of(
    facts: tuple[KnownOrder, KnownReturn], before: tuple[Sequence[Refund], Mapping[BalanceKey, Balance]]
) -> Calculation:
    """The calculation of `open_growth`."""
    known, returned = facts
    earlier, balances = before
    order = refund_calculation.with_balances(order_of(known.current), balances)
    history = refund_calculation.history_of(order, earlier, balances, known.later)
    return refund_calculation.calculate_growth(order, history, known, returned)


def alike(returned: KnownReturn, units: Sequence[KnownUnit]) -> Sequence[Sequence[KnownUnit]]:
    """The units by fault and by what the policy says about their money; those of the seller's fault first."""
    groups: dict[tuple[bool, RefundChoice], list[KnownUnit]] = {}
    for unit in sorted(units, key=lambda each: not each.seller_at_fault):
        groups.setdefault((unit.seller_at_fault, returned.choice_for(unit)), []).append(unit)
    return list(groups.values())


async def decide(
    uow: UnitOfWork,
    return_id: str,
    accepted: Mapping[str, int],
    *,
    agreed_at: datetime | None,
    at: datetime,
    opening: Opening,
) -> Sequence[Refund]:
    """Open refunds for units that a person has accepted, each with its agreed deduction in hundredths of a percent.

    Raises as `open_for`.
    """
    (await _approved(uow, return_id)).decide(accepted)
    return await open_for(uow, return_id, list(accepted), agreed_at=agreed_at, at=at, opening=opening)


async def _approved(uow: UnitOfWork, return_id: str) -> KnownReturn:
    returned = await uow.returns.find(return_id)
    if returned is None:
        raise NotYet(f"the approval of {return_id}")
    return returned


async def correct(
    uow: UnitOfWork,
    return_id: str,
    standings: Mapping[str, bool],
    *,
    at: datetime,
    opening: Opening,
) -> Sequence[Refund]:
    """Follow a correction of the warehouse (Z01): `standings` says for each unit whether it is accepted now.

    A refund with a unit that is not accepted any more is stopped if the provider was not asked yet; its other units get
    a new refund. One that waits for its next attempt is not tried again by itself. A refund that the provider may know
    stays: the inspection has asked a person about it. `NotYet` as `open_for`.
    """
    returned = await _approved(uow, return_id)
    returned.decide(dict.fromkeys(standings, 0))
    again = [unit for unit, accepted in standings.items() if accepted]
    taken_back = [PieceRange.of(unit) for unit, accepted in standings.items() if not accepted]
    stopped: set[str] = set()
    for found in await uow.refunds_of(returned.order_id):
        units = [PieceRange.of(unit) for unit in found.terms.units]
        kept = [str(part) for unit in units for part in unit.without(taken_back)]
        is_ours = found.terms.return_id == return_id and pieces_in(kept) < pieces_in(found.terms.units)
        if is_ours and found.state is State.WAITING:
            (await uow.refunds.get(found.id)).give_up(at, NOT_ACCEPTED)
        if is_ours and found.can_stop:
            refund = await uow.refunds.get(found.id)
            refund.stop(at)
            returned.free_label(refund.id)
            stopped.add(refund.id)
            again += kept
    if stopped and (known := await uow.orders.find(returned.order_id)) is not None:
        known.count(0)
    return await open_for(uow, return_id, again, agreed_at=at, at=at, opening=opening, stopped=frozenset(stopped))


def without_refund(units: Iterable[str], balances: Mapping[BalanceKey, Balance]) -> Sequence[str]:
    """These units without the pieces that have a refund already."""
    taken: dict[str, list[PieceRange]] = {}
    for kind, key in balances:
        if kind is Kind.UNIT:
            taken.setdefault(PieceRange.of(key).base, []).append(PieceRange.of(key))
    wanted = [PieceRange.of(unit) for unit in dict.fromkeys(units)]
    return joined_names(str(part) for unit in wanted for part in unit.without(taken.get(unit.base, ())))


def released(balances: Mapping[BalanceKey, Balance], stopped: Iterable[Refund]) -> Mapping[BalanceKey, Balance]:
    """The balances without what these refunds had reserved."""
    free = dict(balances)
    for demand in (demand for refund in stopped for demand in refund.terms.demands):
        key = (demand.kind, demand.key)
        if demand.kind is Kind.UNIT:
            free.pop(key, None)
        elif key in free:
            known = free[key]
            free[key] = replace(
                known, cap_minor=known.cap_minor - demand.raises, reserved_minor=known.reserved_minor - demand.takes
            )
    return free


def _refund(
    key: str,
    calculation: Calculation,
    units: Sequence[KnownUnit],
    facts: tuple[KnownOrder, KnownReturn],
    *,
    pay_by: PayBy,
    at: datetime,
    beyond: Sequence[KnownUnit] = (),
) -> Refund:
    known, returned = facts
    paid = {tender.tender_id: tender for tender in known.current.tenders}
    terms = RefundTerms(
        return_id=returned.id,
        order_id=known.id,
        customer_id=returned.customer_id,
        language=returned.language,
        amount=calculation.total,
        units={unit.unit_id: unit.line_id for unit in (*units, *beyond)},
        components=calculation.components,
        demands=(
            *order_balances.demands_of(calculation),
            *(BalanceDemand(Kind.UNIT, unit.unit_id, takes=0, raises=0) for unit in beyond),
        ),
        restated=calculation.restated,
        ended_coupons=tuple(sorted(calculation.ended_coupons)),
        calculation=calculation.fingerprint(),
        pay_by=pay_by.at,
        opened_at=at,
        pay_by_day=pay_by.day,
        returned=calculation.returned,
        remainders=calculation.remainders,
        beyond_order=tuple(unit.unit_id for unit in beyond),
        order_number=known.snapshot.get("number"),
        storefront=known.snapshot.get("storefront"),
        rma=returned.rma,
    )
    return Refund.open(
        key,
        terms,
        (
            (share.tender, paid[share.tender].kind.value, paid[share.tender].reference, share.sent)
            for share in calculation.tenders
        ),
    )
