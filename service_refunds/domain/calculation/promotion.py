"""The value of the returned goods: each line's own share, or the difference to a new price of the kept goods (H08).

KEEP_SHARE gives back the cumulated share of the line's charge. RE_RATE prices the kept basket with the rules of the day
of purchase and gives back the rest (暂行办法 17). The kept lines are restated, so that the last return gives back
everything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from service_refunds.domain.calculation.inputs.charge import Charge, PriceMode
from service_refunds.domain.calculation.inputs.component import Component, ComponentName, components_of
from service_refunds.domain.calculation.inputs.history import LineState
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.policy import PromotionMode, RefundPolicy
from service_refunds.domain.calculation.inputs.promotion_rule import discount_of
from service_refunds.domain.calculation.inputs.refund_request import AcceptedUnit, LegalFacts, Regime
from shared.kernel.money import Money, grow, half_up, share_out


class PromotionModeReason(StrEnum):
    """Why this promotion mode applies."""

    CHOSEN = "chosen"
    NO_RULES = "no_rules"
    SELLER_AT_FAULT = "seller_at_fault"
    NOT_DISCLOSED = "not_disclosed"


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """The units of one line that go back now, with their places in the line, their `share` of the charge, and the
    charge that was `left` of the line before.

    Lines without returned units are listed, too.
    """

    state: LineState
    units: tuple[AcceptedUnit, ...]
    slots: tuple[Charge, ...]
    share: Charge
    left: Charge

    @property
    def kept(self) -> int:
        """The number of units that are not refunded after this return."""
        return self.state.kept - len(self.units)

    def rest(self) -> Charge:
        """The charge of the kept units before they are priced again."""
        return self.left.minus(self.share) if self.units else self.left


@dataclass(frozen=True, slots=True)
class PromotionComparison:
    """Both modes side by side, gross; `re_rate` is missing where no rule could be asked again."""

    mode: PromotionMode
    why: PromotionModeReason
    keep_share: Money
    re_rate: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsValue:
    """The value of the returned goods in the mode that applies. `shift` is the difference that re-rating makes to their
    shares.
    """

    components: tuple[Component, ...]
    net: Money
    gross: Money
    shift: Money
    restated: tuple[tuple[str, Charge], ...]
    ended_coupons: frozenset[str]
    comparison: PromotionComparison


@dataclass(frozen=True, slots=True)
class _ReRating:
    """The charge of each kept line `before` and from `now` on, and the gross amount that goes back in all."""

    before: Mapping[str, Charge]
    now: Mapping[str, Charge]
    gross: Money
    ended_coupons: frozenset[str]


def value_goods(order: Order, returns: Sequence[ReturnedLine], facts: LegalFacts, policy: RefundPolicy) -> GoodsValue:
    """Compute the value in the mode that applies, and in the other mode where that is possible."""
    shares = {each.state.line.id: each.share for each in returns if each.units}
    keep_share = Money(_gross(shares.values(), order.mode), order.currency)
    mode, why = mode_for(order, facts, policy)
    if why is PromotionModeReason.NO_RULES or not shares:
        return _goods(order, shares, PromotionComparison(mode, why, keep_share), None)
    gross_is_enough = mode is PromotionMode.KEEP_SHARE and order.mode is PriceMode.INCLUSIVE
    rating = _re_rate(order, returns, shortfall_agreed=facts.shortfall_agreed, with_taxes=not gross_is_enough)
    comparison = PromotionComparison(mode, why, keep_share, rating.gross)
    return _goods(order, shares, comparison, rating if mode is PromotionMode.RE_RATE else None)


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


def price_of_kept(order: Order, kept: Sequence[int]) -> tuple[list[int], frozenset[str]]:
    """The price of the kept pieces of each line by the rules of the day of purchase, and the coupons left without
    effect.

    A line starts with its amount before the discounts that have a rule, less the share of the returned pieces.
    Discounts without a rule, such as points, stay with their lines.
    """
    rules = [(discount, discount.rule) for discount in order.discounts if discount.rule is not None]
    ruled = {discount.id for discount, _ in rules}
    prices = []
    for line, pieces in zip(order.lines, kept, strict=True):
        before = sum((share.amount.minor for share in line.shares if share.discount in ruled), line.paid.minor)
        prices.append(before - grow(before, 0, line.quantity - pieces, line.quantity))
    ended = set()
    for discount, rule in rules:
        places = [i for i, line in enumerate(order.lines) if kept[i] and discount.covers(line.id)]
        off = discount_of(
            rule,
            {order.lines[i].id: prices[i] for i in places},
            {order.lines[i].id: kept[i] for i in places},
        )
        for i, part in zip(places, share_out(off, [prices[i] for i in places]), strict=True):
            prices[i] -= part
        if discount.coupon is not None and discount.amount and places and not off:
            ended.add(discount.coupon.id)
    return prices, frozenset(ended)


def _re_rate(order: Order, returns: Sequence[ReturnedLine], *, shortfall_agreed: bool, with_taxes: bool) -> _ReRating:
    """Price the kept goods. Without `with_taxes` the result is a gross figure for the comparison only."""
    prices, ended = price_of_kept(order, [each.kept for each in returns])
    priced = [(each, price) for each, price in zip(returns, prices, strict=True) if each.kept]
    if with_taxes:
        before = {each.state.line.id: each.rest() for each, _ in priced}
        now = {each.state.line.id: _restate(before[each.state.line.id], price) for each, price in priced}
    else:
        before = {}
        now = {each.state.line.id: Charge(order.currency, (), (price,)) for each, price in priced}
    left = [each.left for each in returns]
    gross = _gross(left, order.mode) - _gross(now.values(), order.mode)
    canonical = sum([charge.canonical for charge in left]) - sum([charge.canonical for charge in now.values()])
    if min(canonical, gross) < 0 and not shortfall_agreed:
        now, gross = _keep_everything(left, now), 0
    return _ReRating(before, now, Money(gross, order.currency), ended)


def _restate(kept: Charge, price: int) -> Charge:
    """The kept goods at their new price, each tax in proportion."""
    before, *taxes = kept.figures
    return Charge(kept.currency, kept.rates, (price, *[half_up(tax * price, before) if before else 0 for tax in taxes]))


def _keep_everything(left: Sequence[Charge], kept: Mapping[str, Charge]) -> dict[str, Charge]:
    """Nothing goes back, so the paid amount moves to the kept lines, each figure by the new prices."""
    weights = [charge.canonical for charge in kept.values()]
    taxes: dict[str, int] = {}
    for charge in left:
        for rate, tax in charge.taxes:
            taxes[rate] = taxes.get(rate, 0) + tax
    amounts = share_out(sum(charge.canonical for charge in left), weights)
    shares = zip(amounts, *[share_out(tax, weights) for tax in taxes.values()], strict=True)
    return {
        line: Charge(charge.currency, tuple(taxes), figures)
        for (line, charge), figures in zip(kept.items(), shares, strict=True)
    }


def _goods(
    order: Order,
    shares: Mapping[str, Charge],
    comparison: PromotionComparison,
    rating: _ReRating | None,
) -> GoodsValue:
    parts = [
        part
        for line, share in shares.items()
        for part in components_of(ComponentName.GOODS_NET, share, order.mode, line)
    ]
    net = sum([share.net(order.mode) for share in shares.values()])
    gross, changes = comparison.keep_share, {}
    if rating is not None:
        gross, changes = rating.gross, _changes(rating)
        for line, change in changes.items():
            parts += components_of(ComponentName.RERATED_NET, change, order.mode, line)
            net += change.net(order.mode)
    return GoodsValue(
        components=tuple(parts),
        net=Money(net, order.currency),
        gross=gross,
        shift=gross - comparison.keep_share,
        restated=() if rating is None else tuple((line, rating.now[line]) for line in changes),
        ended_coupons=frozenset() if rating is None else rating.ended_coupons,
        comparison=comparison,
    )


def _changes(rating: _ReRating) -> dict[str, Charge]:
    """What restating gives back of each kept line that changes. Negative where a line costs more now."""
    changes = {line: before.minus(rating.now[line]) for line, before in rating.before.items()}
    return {line: change for line, change in changes.items() if any(change.figures)}


def _gross(charges: Iterable[Charge], mode: PriceMode) -> int:
    return sum([charge.gross(mode) for charge in charges])
