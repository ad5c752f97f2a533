"""Exact amounts become whole minor units that add up to a total the document states."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final

from service_requests.domain.orders.shops.shop_document import UnclearOrder
from shared.kernel.errors import Said

HALF: Final = Fraction(1, 2)


def rounded(amount: Fraction) -> int:
    """Half away from zero, as shops round money."""
    whole = int(abs(amount) + HALF)
    return whole if amount >= 0 else -whole


def fitted(
    amounts: Sequence[Fraction], total: int, pointer: str, *, movable: Iterable[int] = (), most: int = 0
) -> list[int]:
    """Whole amounts with this sum. An amount with a fraction may be rounded either way, the nearest first.

    A shop rounds each amount, and then nothing moves, or it rounds the sum. The exact sum may miss the total by that
    rounding, and by `most` units that the shop had rounded away before: then the amounts at `movable` move, the largest
    first. Otherwise the document is refused, because an amount is missing in what was read.
    """
    found = [rounded(amount) for amount in amounts]
    gap = total - sum(found)
    if not gap:
        return found
    step = 1 if gap > 0 else -1
    near = [place for place, amount in enumerate(amounts) if (amount - found[place]) * step > 0]
    near.sort(key=lambda place: ((found[place] - amounts[place]) * step, place))
    soft = [place for place in movable if amounts[place] and place not in near]
    soft.sort(key=lambda place: (-abs(amounts[place]), place))
    places = near + soft
    if abs(gap) > len(places) or abs(sum(amounts, Fraction(0)) - total) > HALF + most:
        raise UnclearOrder(pointer, _does_not_add_up(total, sum(found)))
    for place in places[: abs(gap)]:
        found[place] += step
    return found


def shared(total: int, weights: Sequence[Fraction]) -> list[int]:
    """A total shared by weights, by largest remainder; the first of equal ones gets the unit."""
    whole = sum(weights, Fraction(0))
    if not whole:
        return [0 for _ in weights]
    exact = [total * weight / whole for weight in weights]
    found = [int(share) for share in exact]
    places = sorted(range(len(exact)), key=lambda place: (found[place] - exact[place], place))
    for place in places[: total - sum(found)]:
        found[place] += 1
    return found


def _does_not_add_up(total: int, parts: int) -> Said:
    return Said(
        f"is {total} in minor units, and lines, freight, charges and taxes come to {parts}",
        f"以最小货币单位计为 {total}，而商品行、运费、附加费与税款合计为 {parts}",
    )
