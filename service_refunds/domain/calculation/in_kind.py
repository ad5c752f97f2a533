"""Points and coupons that go back, which are neither taken from a payment nor paid out (暂行办法 15, H14)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.order_part import OrderDiscount
from service_refunds.domain.calculation.returned_set import ReturnedLine
from shared.kernel.money import grow, share_out


@dataclass(frozen=True, slots=True)
class PointsBack:
    """So many points that were spent on `discount`."""

    discount: str
    points: int


@dataclass(frozen=True, slots=True)
class CouponBack:
    """A coupon that is valid again: until its own date, and at least for so many days."""

    coupon: str
    expires_on: date | None
    at_least_days: int


def points_back(order: Order, returns: Sequence[ReturnedLine]) -> Iterator[PointsBack]:
    """Points are shared over the lines like the discount that they bought, then cumulated inside each line (3.9)."""
    for discount in order.discounts:
        if discount.points:
            shares = share_out(discount.points, _weights(order, discount))
            points = sum(
                grow(share, each.state.pieces_gone, each.pieces, each.state.line.quantity)
                for share, each in zip(shares, returns, strict=True)
                if each.units
            )
            if points:
                yield PointsBack(discount.id, points)


def coupons_back(
    order: Order, returns: Sequence[ReturnedLine], ended: frozenset[str], at_least_days: int
) -> Iterator[CouponBack]:
    """A coupon is valid again when all its lines are back, unless a re-rating has taken its effect away (3.9)."""
    for discount in order.discounts:
        coupon = discount.coupon
        if coupon is None or coupon.id in ended:
            continue
        eligible = [each for each in returns if discount.covers(each.state.line.id)]
        if any(each.units for each in eligible) and all(each.kept == 0 for each in eligible):
            yield CouponBack(coupon.id, coupon.expires_on, at_least_days)


def _weights(order: Order, discount: OrderDiscount) -> list[int]:
    weights = order.running_amounts(discount)
    return weights if any(weights) else [line.quantity * discount.covers(line.id) for line in order.lines]
