"""Deductions from a refund, and which are waived because the refund is too small (H05, H06, H07, H09).

A fee is what all returned groups together may be charged. A refund charges what earlier refunds have not charged yet.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from service_refunds.domain.calculation.fee_bar import (
    WaiverReason,
    bar_reason,
    claims_loss,
    loss_bar,
)
from service_refunds.domain.calculation.grouping import charges_lost_shipping
from service_refunds.domain.calculation.inputs.component import ComponentName
from service_refunds.domain.calculation.inputs.order_part import Shipment
from service_refunds.domain.calculation.inputs.refund_request import AcceptedUnit, RefundRequest
from service_refunds.domain.calculation.inputs.returned_group import ReturnedGroup, UnitLoss
from service_refunds.domain.calculation.promotion import GoodsValue
from service_refunds.domain.calculation.returned_set import GivenAmounts, ReturnedSet
from service_refunds.domain.calculation.returned_value import returned_value_of
from shared.kernel.money import Money, exact, half_up, share_out
from shared.kernel.piece_range import count_of


@dataclass(frozen=True, slots=True)
class Fee:
    """A deduction as a positive amount, at most its `base`."""

    name: ComponentName
    amount: Money
    base: Money
    subject: str = ""


@dataclass(frozen=True, slots=True)
class WaivedFee:
    """A deduction, or a part of one, that was not made, with the reason."""

    name: ComponentName
    amount: Money
    reason: WaiverReason
    subject: str = ""


@dataclass(frozen=True, slots=True)
class UnitValue:
    """A returned unit: what was `paid` for the unit, its part of a re-rating's `shift`, and their sum as `goods`."""

    unit: AcceptedUnit
    paid: Money
    shift: Money
    goods: Money


FEE_ORDER: Final = (
    ComponentName.LOST_FREE_SHIPPING,
    ComponentName.VALUE_LOSS,
    ComponentName.GIFT,
    ComponentName.RESTOCKING,
    ComponentName.WAIVED_CARD_FEE,
    ComponentName.RETURN_FREIGHT,
)
"""Steps 3 to 7. A fee that is computed later is waived earlier."""


def fees_of(returned: ReturnedSet, goods: GoodsValue) -> Iterator[Fee]:
    """Everything that may be charged for the set, in the order of computation."""
    groups = returned.groups
    if any(group.lost_free_shipping for group in groups):
        yield from _lost_free_shipping(returned, goods)
    if any(group.losses for group in groups):
        yield from _value_losses(returned, goods)
    if any(group.gifts for group in groups):
        yield from _gifts(returned)
    if any(group.restocking_bp or group.restocking_fixed for group in groups):
        yield from _restocking(returned, goods)
    if any(group.card_fee for group in groups):
        yield from _card_fees(returned)
    label = sum([group.label.minor for group in groups if group.label is not None])
    if label:
        amount = exact(label, returned.order.currency)
        yield Fee(ComponentName.RETURN_FREIGHT, amount, amount)


def collect_fees(
    fees: Iterable[Fee], given: GivenAmounts, most: int, currency: str
) -> tuple[list[Fee], list[WaivedFee]]:
    """What this refund charges. All fees of the set together are at most `most`; the last computed is waived first.

    A part that was waived because a refund was too small stays a part of the fee, so that a later refund of the order
    may charge it. It is never a debt. What was charged and may no longer be charged goes back.
    """
    kept: list[Fee] = []
    waived: list[WaivedFee] = []
    left = max(most, 0)
    charged_before = dict(given.fees)
    for fee in fees:
        charged = min(fee.amount.minor, left)
        left -= charged
        now = charged - charged_before.pop((fee.name, fee.subject), 0)
        if now:
            kept.append(Fee(fee.name, fee.amount.like(now), fee.base, fee.subject))
        if charged < fee.amount.minor:
            missing = fee.amount.like(fee.amount.minor - charged)
            waived.append(WaivedFee(fee.name, missing, WaiverReason.REFUND_TOO_SMALL, fee.subject))
    for (name, subject), charged in charged_before.items():
        if charged:
            amount = exact(charged, currency)
            kept.append(Fee(name, -amount, amount, subject))
    return kept, waived


def free_parcels(returned: ReturnedSet) -> list[tuple[Shipment, Money, Money]]:
    """Each parcel that was sent free from an amount on and has a tariff, with the tariff and the amount."""
    return [
        (shipment, shipment.tariff, shipment.free_from)
        for shipment in returned.order.shipments
        if shipment.tariff and shipment.free_from and not shipment.paid
    ]


def _lost_free_shipping(returned: ReturnedSet, goods: GoodsValue) -> Iterator[Fee]:
    """The published tariff for a parcel that was sent free because of goods that now come back (暂行办法 18).

    The tariff is charged on a part return when the gross basket reached `free_from` at the purchase and the kept basket
    does not. It is not given back when the rest follows (3.9).
    """
    mode = returned.order.mode
    free = returned.count(lambda group: not group.lost_free_shipping)
    left = sum([each.state.left().gross(mode) for each in returned.lines])
    kept = left - goods.gross
    for each, count, some in zip(returned.lines, returned.counts, free, strict=True):
        kept += each.state.take(count - some, some).gross(mode) if some else 0
    for shipment, tariff, free_from in free_parcels(returned):
        charged = returned.given.fees.get((ComponentName.LOST_FREE_SHIPPING, shipment.id), 0) > 0
        lost = not returned.whole and any(returned.counts) and kept < free_from.minor <= left
        if charged or lost:
            yield Fee(ComponentName.LOST_FREE_SHIPPING, tariff, tariff, shipment.id)


def _value_losses(returned: ReturnedSet, goods: GoodsValue) -> Iterator[Fee]:
    """One fee for each unit or lot that lost value: a share of what the customer paid, rounded once, at most that.

    The units with the greatest loss take the first places of their line, whatever came back first.
    """
    currency, mode = returned.order.currency, returned.order.mode
    by_line: dict[str, list[UnitLoss]] = {}
    for group in returned.groups:
        for loss in group.losses:
            by_line.setdefault(loss.line, []).append(loss)
    for each, count in zip(returned.lines, goods.counted, strict=True):
        place = 0
        for loss in sorted(by_line.get(each.state.line.id, ()), key=_greatest_first):
            pieces = min(count_of(loss.unit), count - place)
            if pieces <= 0:
                break
            paid = each.state.take(place, pieces).gross(mode)
            place += pieces
            minor = half_up(paid * loss.loss_bp, 10_000) if loss.amount is None else loss.amount.minor
            yield Fee(ComponentName.VALUE_LOSS, exact(min(minor, paid), currency), exact(paid, currency), loss.unit)


def _greatest_first(loss: UnitLoss) -> tuple[int, int, str]:
    return -loss.loss_bp, 0 if loss.amount is None else -loss.amount.minor, loss.unit


def _gifts(returned: ReturnedSet) -> Iterator[Fee]:
    """The declared value of each gift that did not come back, once."""
    missing = {gift for group in returned.groups for gift in group.gifts}
    for gift in returned.order.gifts:
        if gift.id in missing and gift.declared_value is not None:
            yield Fee(ComponentName.GIFT, gift.declared_value, gift.declared_value, gift.id)


def _restocking(returned: ReturnedSet, goods: GoodsValue) -> Iterator[Fee]:
    """The restocking fee on the net goods of the set, rounded once for each rate. Tax on the goods is still returned.

    A re-rating changes the base of the groups that were priced again, by their net amounts.
    """
    order = returned.order
    kinds = sorted({_restocking_kind(group) for group in returned.groups})
    done = [0] * len(returned.lines)
    nets: list[int] = []
    for kind in kinds:
        pieces = returned.count(lambda group, kind=kind: _restocking_kind(group) == kind)  # type: ignore[misc]
        net = 0
        for place, (each, most) in enumerate(zip(returned.lines, goods.counted, strict=True)):
            some = min(pieces[place], most - done[place])
            net += each.state.take(done[place], some).net(order.mode) if some else 0
            done[place] += some
        nets.append(net)
    shift = goods.net - sum(nets)
    changed = [
        net if any(group.re_rate for group in returned.groups if _restocking_kind(group) == kind) else 0
        for kind, net in zip(kinds, nets, strict=True)
    ]
    shifts = share_out(shift, changed) if any(changed) else [0] * len(kinds)
    amount = base = 0
    for (bp, fixed), net, more in zip(kinds, nets, shifts, strict=True):
        own = max(0, net + more)
        fee = min(fixed, own) if fixed else half_up(own * bp, 10_000)
        amount += fee
        base += own if fee else 0
    if amount:
        yield Fee(ComponentName.RESTOCKING, exact(amount, order.currency), exact(base, order.currency))


def _restocking_kind(group: ReturnedGroup) -> tuple[int, int]:
    return group.restocking_bp, 0 if group.restocking_fixed is None else group.restocking_fixed.minor


def _card_fees(returned: ReturnedSet) -> Iterator[Fee]:
    """The part of each card fee that the seller paid, in proportion to the returned share of the order
    (暂行办法 16).
    """
    value = returned_value_of(returned, returned.count(lambda group: group.card_fee))
    for tender in returned.order.tenders:
        fee = tender.waived_fee
        due = None if fee is None else fee.fraction(value.part, value.whole)
        if due:
            yield Fee(ComponentName.WAIVED_CARD_FEE, due, due, tender.id)


def barred_fees(request: RefundRequest, returned: ReturnedSet, goods: GoodsValue) -> Iterator[WaivedFee]:
    """What this request would be charged if nothing forbade it, with the reason."""
    facts = request.facts
    for name, fees in BARRED.items():
        reason = bar_reason(name, facts)
        if reason is not None:
            yield from (
                WaivedFee(name, amount, reason, subject) for subject, amount in fees(request, returned, goods) if amount
            )
    losses = {grade.name: grade.loss_bp for grade in request.policy.grades}
    for line in returned.lines if any(unit.grade or unit.loss for unit in request.units) else ():
        for unit, slot in zip(line.units, line.slots, strict=True):
            barred_by = loss_bar(facts, unit) if claims_loss(unit, request.policy) else None
            if barred_by is not None:
                paid = request.order.zero().like(slot.gross(request.order.mode))
                loss = unit.loss if unit.loss is not None else paid.fraction(losses[unit.grade], 10_000)
                yield WaivedFee(ComponentName.VALUE_LOSS, min(loss, paid), barred_by, unit.id)
    if request.missing_gifts:
        yield from _barred_gifts(request, returned)


Asked = Iterator[tuple[str, Money]]


def _asked_shipping(request: RefundRequest, returned: ReturnedSet, goods: GoodsValue) -> Asked:
    mode = request.order.mode
    if charges_lost_shipping(request.facts, request.policy) and returned.current.pieces and not returned.whole:
        left = sum([each.state.left().gross(mode) for each in returned.lines])
        for shipment, tariff, free_from in free_parcels(returned):
            if left - goods.gross < free_from.minor <= left - goods.before:
                yield shipment.id, tariff


def _asked_restocking(request: RefundRequest, returned: ReturnedSet, _: GoodsValue) -> Asked:
    policy, mode = request.policy, request.order.mode
    if not policy.restocking_bp and policy.restocking_fixed is None:
        return
    net = sum([slot.net(mode) for line in returned.lines for slot in line.slots])
    base, fixed = request.order.zero().like(max(0, net)), policy.restocking_fixed
    yield "", base.fraction(policy.restocking_bp, 10_000) if fixed is None else min(fixed, base)


def _asked_card_fees(request: RefundRequest, returned: ReturnedSet, _: GoodsValue) -> Asked:
    if request.policy.charge_waived_card_fee:
        value = returned_value_of(returned, [line.pieces for line in returned.lines])
        for tender in request.order.tenders:
            if tender.waived_fee:
                yield tender.id, tender.waived_fee.fraction(value.part, value.whole)


def _asked_label(request: RefundRequest, _: ReturnedSet, __: GoodsValue) -> Asked:
    if request.return_label:
        yield "", request.return_label


BARRED: Final[Mapping[ComponentName, Callable[[RefundRequest, ReturnedSet, GoodsValue], Asked]]] = {
    ComponentName.LOST_FREE_SHIPPING: _asked_shipping,
    ComponentName.RESTOCKING: _asked_restocking,
    ComponentName.WAIVED_CARD_FEE: _asked_card_fees,
    ComponentName.RETURN_FREIGHT: _asked_label,
}


def _barred_gifts(request: RefundRequest, returned: ReturnedSet) -> Iterator[WaivedFee]:
    barred_by = bar_reason(ComponentName.GIFT, request.facts)
    charged = {part.subject for part in request.history.components if part.name is ComponentName.GIFT}
    charged |= {gift for group in request.history.returned for gift in group.gifts}
    for gift in request.order.gifts:
        if gift.id in request.missing_gifts:
            reason = barred_by
            reason = reason or (WaiverReason.NO_DECLARED_VALUE if gift.declared_value is None else None)
            reason = reason or (WaiverReason.ALREADY_CHARGED if gift.id in charged else None)
            if reason:
                yield WaivedFee(ComponentName.GIFT, gift.declared_value or returned.order.zero(), reason, gift.id)


def rank_of(fee: WaivedFee) -> int:
    """The place of a waived fee in the order of computation."""
    return FEE_ORDER.index(fee.name)
