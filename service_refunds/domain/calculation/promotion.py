"""The value of the returned goods: each line's own share, or the difference to a new price of the kept goods (H08).

KEEP_SHARE gives back the cumulated share of the line's charge. RE_RATE prices the kept basket with the rules of the day
of purchase and gives back the rest (暂行办法 17). Both value the set of all returned pieces; a refund is the growth of
this value, so that the last return gives back everything (Z08).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from math import prod
from typing import Final, Self

from service_refunds.domain.calculation.inputs.charge import Charge, PriceMode
from service_refunds.domain.calculation.inputs.component import Component, ComponentName, components_of
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.policy import PromotionMode, RefundPolicy
from service_refunds.domain.calculation.inputs.promotion_rule import PromotionRule, Threshold, discount_of
from service_refunds.domain.calculation.inputs.refund_request import LegalFacts, Regime
from service_refunds.domain.calculation.returned_set import ReturnedLine, ReturnedSet
from shared.kernel.money import Money, grow, half_up, share_out


class PromotionModeReason(StrEnum):
    """Why this promotion mode applies."""

    CHOSEN = "chosen"
    NO_RULES = "no_rules"
    SELLER_AT_FAULT = "seller_at_fault"
    NOT_DISCLOSED = "not_disclosed"


@dataclass(frozen=True, slots=True)
class PromotionComparison:
    """Both modes side by side, gross; `re_rate` is missing where no rule could be asked again."""

    mode: PromotionMode
    why: PromotionModeReason
    keep_share: Money
    re_rate: Money | None = None

    def nothing_given(self) -> Self:
        """The same comparison where the mode that applies gives nothing now: a sum that became smaller waits."""
        zero = self.keep_share.like(0)
        return replace(self, re_rate=zero) if self.mode is PromotionMode.RE_RATE else replace(self, keep_share=zero)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsValue:
    """The value of the returned goods: `due` now by line, and what the whole set gives.

    `counted` are the pieces of each line that have a value now. A piece has none as long as its return costs the kept
    goods a discount that is worth more (H08). `changes` and `restated` are about kept lines whose price changed. `net`
    and `gross` are of the whole set, `now` is the gross amount of this refund, `paid` what was paid for
    each of its units.
    """

    counted: Sequence[int]
    shares: Sequence[Charge | None]
    changes: Mapping[str, Charge]
    restated: tuple[tuple[str, Charge], ...]
    net: int
    gross: int
    before: int
    paid: Sequence[int]
    ended_coupons: frozenset[str]
    comparison: PromotionComparison

    @property
    def now(self) -> int:
        """The gross amount of the goods in this refund."""
        return self.gross - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReRating:
    """The charge of the kept pieces of each line `before` and from `now` on, and the gross value of the set.

    `canonical` is its value in the amounts that prices are in: where it is negative, tax alone makes no refund.
    """

    before: Mapping[str, Charge]
    now: Mapping[str, Charge]
    gross: int
    canonical: int
    offs: Mapping[str, int]
    ended_coupons: frozenset[str]


MOST_TRIALS: Final = 128
"""How many parts of a basket are priced to find the one that gives most."""


def value_goods(returned: ReturnedSet, facts: LegalFacts, policy: RefundPolicy) -> GoodsValue:
    """Compute the value in the mode that applies, and in the other mode where that is possible."""
    order, lines = returned.order, returned.lines
    mode, why = mode_for(order, facts, policy)
    paid = [slot.gross(order.mode) for each in lines for slot in each.slots]
    before = sum([_given(returned, name, order.mode) for name in GOODS_NAMES]) if returned.given.charges else 0
    counted: Sequence[int] = returned.counts
    rating = None
    if any(group.re_rate and group.pieces for group in returned.groups):
        counted, rating = _best(returned, shortfall_agreed=facts.shortfall_agreed)
    shares = [_share(each, count) if count else None for each, count in zip(lines, counted, strict=True)]
    known = [share for share in shares if share is not None]
    net = sum([share.net(order.mode) for share in known])
    gross = sum([share.gross(order.mode) for share in known]) if rating is None else 0
    changes: dict[str, Charge] = {}
    if rating is not None:
        changes = _changes(rating)
        net += sum([change.net(order.mode) for change in changes.values()])
        gross = rating.gross
    now = gross - before
    re_rate = None
    if why is not PromotionModeReason.NO_RULES and returned.current.pieces:
        re_rate = now if mode is PromotionMode.RE_RATE else _if_re_rated(returned, before, facts)
    keep_share = sum(paid) if mode is PromotionMode.RE_RATE else now
    return GoodsValue(
        counted=counted,
        shares=shares,
        changes=changes,
        restated=() if rating is None else tuple((line, rating.now[line]) for line in changes),
        net=net,
        gross=gross,
        before=before,
        paid=paid,
        ended_coupons=frozenset() if rating is None else rating.ended_coupons,
        comparison=PromotionComparison(
            mode,
            why,
            Money(keep_share, order.currency),
            None if re_rate is None else Money(re_rate, order.currency),
        ),
    )


def goods_components(returned: ReturnedSet, goods: GoodsValue) -> list[Component]:
    """What this refund gives of each line: the value of the set less what was given."""
    order, given, parts = returned.order, returned.given.charges, list[Component]()
    for each, share in zip(returned.lines, goods.shares, strict=True):
        line, due = each.state.line.id, share
        if each.state.grouped:
            gone = given.get((ComponentName.GOODS_NET, line))
            due = share or each.state.charge.nothing()
            due = due if gone is None else due.minus(gone)
            due = due if any(due.figures) or (each.units and share) else None
        if due is not None:
            parts += components_of(ComponentName.GOODS_NET, due, order.mode, line)
    changed = dict(goods.changes)
    for (name, line), gone in given.items():
        if name is ComponentName.RERATED_NET:
            change = changed.get(line)
            changed[line] = gone.negative() if change is None else change.minus(gone)
    for each in returned.lines if changed else ():
        change = changed.get(each.state.line.id)
        if change is not None and any(change.figures):
            parts += components_of(ComponentName.RERATED_NET, change, order.mode, each.state.line.id)
    return parts


def _share(each: ReturnedLine, count: int) -> Charge:
    alone = count == 1 == len(each.slots) and not each.state.grouped
    return each.slots[0] if alone else each.state.take(0, count)


def mode_for(order: Order, facts: LegalFacts, policy: RefundPolicy) -> tuple[PromotionMode, PromotionModeReason]:
    """The mode that regime and policy choose. The seller's fault and an undisclosed re-rating keep the shares."""
    at_home = facts.regime is Regime.CN
    wanted = policy.promotion_mode or (PromotionMode.RE_RATE if at_home else PromotionMode.KEEP_SHARE)
    if all(discount.rule is None for discount in order.discounts):
        return PromotionMode.KEEP_SHARE, PromotionModeReason.NO_RULES
    if wanted is PromotionMode.RE_RATE and facts.seller_at_fault:
        return PromotionMode.KEEP_SHARE, PromotionModeReason.SELLER_AT_FAULT
    if wanted is PromotionMode.RE_RATE and not at_home and not facts.re_rating_disclosed:
        return PromotionMode.KEEP_SHARE, PromotionModeReason.NOT_DISCLOSED
    return wanted, PromotionModeReason.CHOSEN


@dataclass(frozen=True, slots=True)
class _Prices:
    """The price of the kept pieces of each line, and the discount that each rule still gives, by discount."""

    lines: Sequence[int]
    offs: Mapping[str, int]
    ended_coupons: frozenset[str]


def _price_of_kept(order: Order, kept: Sequence[int]) -> _Prices:
    """The price of the kept pieces of each line by the rules of the day of purchase, and the coupons left without
    effect.

    A line starts with its amount before the discounts that have a rule, less the share of the returned pieces.
    Discounts without a rule, such as points, stay with their lines. One that came after a rule is taken off after the
    rule again, as far as the rule leaves something, so that the rule sees the prices that it saw at the purchase (3.9).
    Ties go to the first id, so that the order of the lines decides nothing.
    """
    ruled = {each.id for each in order.discounts if each.rule is not None}
    later = _later_shares(order, kept)
    prices = []
    for line, pieces in zip(order.lines, kept, strict=True):
        before = line.paid.minor + sum([share.amount.minor for share in line.shares if share.discount in ruled])
        prices.append(_kept_part(before, pieces, line.quantity))
    for parts in later.values():
        prices = [price + part for price, part in zip(prices, parts, strict=True)]
    ended, offs, by_id = set(), dict[str, int](), _by_id(order)
    for discount in order.discounts:
        if discount.rule is None:
            parts = later.get(discount.id, [0] * len(prices))
            prices = [price - min(part, max(price, 0)) for price, part in zip(prices, parts, strict=True)]
            continue
        places = [i for i in by_id if kept[i] and discount.covers(order.lines[i].id)]
        weights = [prices[i] for i in places]
        amounts = dict(zip([order.lines[i].id for i in places], weights, strict=True))
        off = discount_of(discount.rule, amounts, {order.lines[i].id: kept[i] for i in places})
        offs[discount.id] = off
        if off:
            for i, part in zip(places, share_out(off, weights), strict=True):
                prices[i] -= part
        elif discount.coupon is not None and discount.amount and places:
            ended.add(discount.coupon.id)
    return _Prices(prices, offs, frozenset(ended))


def _later_shares(order: Order, kept: Sequence[int]) -> Mapping[str, Sequence[int]]:
    """Of each discount without a rule that came after one with a rule: its part in the kept pieces of each line."""
    first = next((place for place, each in enumerate(order.discounts) if each.rule is not None), 0)
    return {
        discount.id: [
            _kept_part(
                sum([share.amount.minor for share in line.shares if share.discount == discount.id]),
                pieces,
                line.quantity,
            )
            for line, pieces in zip(order.lines, kept, strict=True)
        ]
        for discount in order.discounts[first:]
        if discount.rule is None
    }


def _kept_part(whole: int, pieces: int, quantity: int) -> int:
    """The part of an amount that is left with so many kept pieces."""
    return whole - grow(whole, 0, quantity - pieces, quantity) if pieces else 0


def _by_id(order: Order) -> list[int]:
    return sorted(range(len(order.lines)), key=lambda place: order.lines[place].id)


def _given(returned: ReturnedSet, name: ComponentName, mode: PriceMode) -> int:
    return sum(charge.gross(mode) for key, charge in returned.given.charges.items() if key[0] is name)


def _if_re_rated(returned: ReturnedSet, before: int, facts: LegalFacts) -> int:
    """What this refund would give if the kept goods were priced again: a figure to compare with."""
    counts = returned.counts
    rating = _re_rate(returned, counts, counts, with_taxes=returned.order.mode is PriceMode.EXCLUSIVE)
    if facts.shortfall_agreed:
        return rating.gross - before
    return 0 if rating.canonical < 0 else max(0, rating.gross - before)


def _best(returned: ReturnedSet, *, shortfall_agreed: bool) -> tuple[Sequence[int], _ReRating]:
    """The pieces that count, and what the set gives with them: the most that a part of the set gives.

    Without it the sum would depend on the order: a piece whose return costs more than it gives is worth nothing as the
    last one, and takes from the others as the first one. A shortfall that was agreed is charged.
    """
    again = returned.count(lambda group: group.re_rate)
    others = [count - some for count, some in zip(returned.counts, again, strict=True)]

    def rate(chosen: Sequence[int]) -> _ReRating:
        counts = [some + other for some, other in zip(chosen, others, strict=True)]
        return _re_rate(returned, chosen, counts)

    best, found = again, rate(again)
    if not shortfall_agreed and not _is_most(returned, again, found.offs):
        for chosen in _parts(returned, again):
            tried = rate(chosen)
            if tried.canonical >= 0 and (found.canonical < 0 or tried.gross > found.gross):
                best, found = chosen, tried
    return [some + other for some, other in zip(best, others, strict=True)], found


def _is_most(returned: ReturnedSet, again: Sequence[int], offs: Mapping[str, int]) -> bool:
    """Whether the whole set surely gives most: its cheapest piece is worth more than the discounts that are lost.

    A plain percentage is never lost. Twice as much is asked for, because the taxes of pieces and discounts may differ.
    """
    order = returned.order
    rules = {each.id: each for each in order.discounts if each.rule is not None}
    lost = sum([each.amount.minor - offs[each.id] for each in rules.values() if not _is_percentage(each.rule)])
    if lost <= 0:
        return True
    pieces = [
        line.paid.minor + sum([share.amount.minor for share in line.shares if share.discount in rules])
        for line in order.lines
    ]
    cheapest = [piece // line.quantity for line, piece, count in zip(order.lines, pieces, again, strict=True) if count]
    return not cheapest or min(cheapest) >= 2 * lost


def _is_percentage(rule: PromotionRule | None) -> bool:
    if not isinstance(rule, Threshold) or len(rule.steps) != 1:
        return False
    (step,) = rule.steps
    return step.off is None and not step.minimum and not step.pieces


def _parts(returned: ReturnedSet, again: Sequence[int]) -> Iterator[Sequence[int]]:
    """Smaller parts of the set, the larger ones first: all of them, or a chain of parts where there are too many."""
    places = [place for place in _by_id(returned.order) if again[place]]
    if prod([again[place] + 1 for place in places]) <= MOST_TRIALS:
        choices = product(*[range(again[place], -1, -1) for place in places])
        yield from sorted((_with(again, places, choice) for choice in choices), key=lambda part: -sum(part))
        return
    part = list(again)
    for place in sorted(places, key=lambda place: returned.order.lines[place].paid.minor)[:MOST_TRIALS]:
        part[place] = 0
        yield tuple(part)


def _with(again: Sequence[int], places: Sequence[int], choice: Sequence[int]) -> Sequence[int]:
    part = [0] * len(again)
    for place, count in zip(places, choice, strict=True):
        part[place] = count
    return part


def _re_rate(
    returned: ReturnedSet, again: Sequence[int], counts: Sequence[int], *, with_taxes: bool = True
) -> _ReRating:
    """Price the kept goods as if only the pieces `again` were back, and value the set of all `counts`.

    Pieces that are back for the seller's fault cost nobody a discount. Without `with_taxes` the result is a gross
    figure for the comparison only.
    """
    order, lines, mode = returned.order, returned.lines, returned.order.mode
    if not any(again):
        known = [each.state.take(0, count) for each, count in zip(lines, counts, strict=True) if count]
        return _ReRating(
            before={},
            now={},
            gross=sum([each.gross(mode) for each in known]),
            canonical=0,
            offs={},
            ended_coupons=frozenset(),
        )
    rated = [each.state.open - count for each, count in zip(lines, again, strict=True)]
    prices = _price_of_kept(order, rated)
    before: dict[str, Charge] = {}
    now: dict[str, Charge] = {}
    gross = canonical = 0
    for each, price, pieces, some, count in zip(lines, prices.lines, rated, again, counts, strict=True):
        state = each.state
        left = state.left()
        gross, canonical = gross + left.gross(mode), canonical + left.canonical
        kept = state.open - count
        if not kept:
            continue
        if not with_taxes:
            cost = price - grow(price, 0, pieces - kept, pieces)
            gross, canonical = gross - cost, canonical - cost
            continue
        rest = state.left(some)
        charge = _restate(rest, price)
        if kept < pieces:
            charge = charge.take(pieces - kept, kept, pieces)
            rest = state.left(count)
        before[state.line.id], now[state.line.id] = rest, charge
        gross, canonical = gross - charge.gross(mode), canonical - charge.canonical
    return _ReRating(
        before=before,
        now=now,
        gross=gross,
        canonical=canonical,
        offs=prices.offs,
        ended_coupons=prices.ended_coupons,
    )


def _restate(kept: Charge, price: int) -> Charge:
    """The kept goods at their new price, each tax in proportion."""
    before, *taxes = kept.figures
    if price == before:
        return kept
    return Charge(kept.currency, kept.rates, (price, *[half_up(tax * price, before) if before else 0 for tax in taxes]))


def _changes(rating: _ReRating) -> dict[str, Charge]:
    """What restating gives back of each kept line that changes. Negative where a line costs more now."""
    return {
        line: before.minus(now)
        for (line, before), now in zip(rating.before.items(), rating.now.values(), strict=True)
        if before.figures != now.figures
    }


GOODS_NAMES: Final = (ComponentName.GOODS_NET, ComponentName.RERATED_NET)
