"""What a shop knows only of several lines is shared among the lines once, when the order comes in (A17, 3.1).

The price of a bundle goes to its parts by their prices alone. A discount on the order, and a discount sold as a line
with a negative amount, is taken off the lines that it covers, by their running amounts (ALLOC, 3.2). Shares are stored:
no later step computes them again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from service_requests.domain.orders.order import DuplicateId, Order, OrderDoesNotReconcile, UnknownLine
from service_requests.domain.orders.order_part import (
    DiscountShare,
    OrderBundle,
    OrderDiscount,
    OrderLine,
    TaxCharged,
)
from shared.kernel.errors import Said
from shared.kernel.money import half_up, share_out
from shared.kernel.order_figures import PAID, price_explains, price_misses_by

COVERED = Said("the discount, at most what the lines it covers cost", "优惠金额，不得超过其所涉商品行的金额")
TAX_COVERED = Said("the tax of rate {rate}, at most that of the lines", "税率 {rate} 的税额，不得超过所涉商品行的税额")
PRICE_OF_SET = Said(
    "`paid_minor` of a part, which is in the price of its bundle", "组合中商品的 `paid_minor`（已含于组合价）"
)


@dataclass(frozen=True, slots=True)
class _TakenOff:
    """A discount before it is shared: its field, the lines that it covers by place, its amount, and the tax in it."""

    pointer: str
    discount: OrderDiscount
    covered: tuple[int, ...]
    taxes: tuple[TaxCharged, ...] = ()


def share_once(order: Order, unpriced: Collection[str] = ()) -> Order:
    """The order with all shares. `unpriced` are the lines whose unit price the shop did not say.

    Raises `UnknownLine`, `DuplicateId` and `OrderDoesNotReconcile`, each with the field as it was pushed.
    """
    plain = not (order.discounts or order.bundles or unpriced) and all(line.paid_minor >= 0 for line in order.lines)
    if plain:
        return order
    places = {line.line_id: place for place, line in enumerate(order.lines)}
    lines = list(order.lines)
    for number, bundle in enumerate(order.bundles):
        _fill(lines, bundle, f"/bundles/{number}", places)
    lines = [_priced(order, line) if line.line_id in unpriced else line for line in lines]
    discounts = [*_discounts_of_order(order, lines, places), *_discounts_as_lines(order, lines)]
    for each in discounts:
        _take_off(lines, each, inclusive=order.prices_include_tax)
    kept = [line for line in lines if line.paid_minor >= 0]
    return replace(order, lines=tuple(kept), discounts=tuple(each.discount for each in discounts))


def place_as_pushed(order: Order, pointer: str) -> str:
    """The field of the pushed order for a field of the shared one: discounts sold as lines are no lines there."""
    match pointer.split("/"):
        case ["", "lines", place, *rest]:
            kept = [number for number, line in enumerate(order.lines) if line.paid_minor >= 0]
            return "/".join(("", "lines", str(kept[int(place)]), *rest))
        case _:
            return pointer


def _fill(lines: list[OrderLine], bundle: OrderBundle, pointer: str, places: dict[str, int]) -> None:
    """Give each part its share of the price and of each tax of the bundle."""
    found = []
    for number, part in enumerate(bundle.parts):
        place = places.get(part.line_id)
        if place is None:
            raise UnknownLine(pointer=f"{pointer}/parts/{number}/line_id", line=part.line_id)
        if place in found or lines[place].bundle not in {None, bundle.bundle_id}:
            raise DuplicateId(pointer=f"{pointer}/parts/{number}/line_id", what="line_id")
        if lines[place].paid_minor:
            raise OrderDoesNotReconcile(f"/lines/{place}/paid_minor", PRICE_OF_SET, 0, lines[place].paid_minor)
        found.append(place)
    weights = [part.weight_minor for part in bundle.parts]
    if not any(weights):
        weights = [lines[place].quantity for place in found]
    paid = share_out(bundle.paid_minor, weights)
    taxes = [(tax.rate, share_out(tax.amount_minor, weights)) for tax in bundle.taxes]
    for number, place in enumerate(found):
        lines[place] = replace(
            lines[place],
            paid_minor=paid[number],
            taxes=tuple(TaxCharged(rate, amounts[number]) for rate, amounts in taxes),
            bundle=bundle.bundle_id,
        )


def _priced(order: Order, line: OrderLine) -> OrderLine:
    """The line with the unit price that follows from what was paid, to the nearest minor unit."""
    tax = 0 if order.prices_include_tax else sum(tax.amount_minor for tax in line.taxes)
    whole = line.paid_minor - tax + line.discount_minor
    unit = half_up(abs(whole), line.quantity)
    return replace(line, unit_price_minor=unit if whole >= 0 else -unit)


def _discounts_of_order(order: Order, lines: Sequence[OrderLine], places: dict[str, int]) -> list[_TakenOff]:
    goods = tuple(place for place, line in enumerate(lines) if line.paid_minor >= 0)
    found = []
    for number, discount in enumerate(order.discounts):
        pointer = f"/discounts/{number}"
        for where, line_id in enumerate(discount.line_ids):
            if places.get(line_id) not in goods:
                raise UnknownLine(pointer=f"{pointer}/line_ids/{where}", line=line_id)
        covered = tuple(sorted({places[line_id] for line_id in discount.line_ids})) or goods
        found.append(_TakenOff(f"{pointer}/amount_minor", discount, covered))
    return found


def _discounts_as_lines(order: Order, lines: Sequence[OrderLine]) -> list[_TakenOff]:
    """The discounts that were sold as lines. A tax in such a line names the lines that it covers by their rate."""
    taken = {discount.discount_id for discount in order.discounts}
    found = []
    for place, line in enumerate(lines):
        if line.paid_minor >= 0:
            continue
        pointer = f"/lines/{place}"
        if line.line_id in taken:
            raise DuplicateId(pointer=f"{pointer}/line_id", what="line_id")
        tax = 0 if order.prices_include_tax else sum(tax.amount_minor for tax in line.taxes)
        if not price_explains(line, prices_include_tax=order.prices_include_tax):
            expected = line.paid_minor + price_misses_by(line, prices_include_tax=order.prices_include_tax)
            raise OrderDoesNotReconcile(f"{pointer}/paid_minor", PAID, expected, line.paid_minor)
        rates = {tax.rate for tax in line.taxes if tax.amount_minor}
        goods = [number for number, each in enumerate(lines) if each.paid_minor >= 0]
        rated = [number for number in goods if rates & {tax.rate for tax in lines[number].taxes}]
        discount = OrderDiscount(line.line_id, line.name, tax - line.paid_minor)
        found.append(_TakenOff(f"{pointer}/paid_minor", discount, tuple(rated or goods), line.taxes))
    return found


def _take_off(lines: list[OrderLine], off: _TakenOff, *, inclusive: bool) -> None:
    """Take the discount, and the tax in it, off the lines that it covers, and store each line's share."""

    def running(line: OrderLine) -> int:
        return line.paid_minor - (0 if inclusive else sum(tax.amount_minor for tax in line.taxes))

    amount = off.discount.amount_minor
    weights = [max(0, running(lines[place])) for place in off.covered]
    if not 0 <= amount <= sum(weights):
        raise OrderDoesNotReconcile(off.pointer, COVERED, sum(weights), amount)
    shares = share_out(amount, weights)
    for place, share in zip(off.covered, shares, strict=True):
        line = lines[place]
        lines[place] = replace(
            line,
            paid_minor=line.paid_minor - share,
            shares=(*line.shares, DiscountShare(off.discount.discount_id, share)),
        )
    for tax in off.taxes:
        _take_tax_off(lines, off, tax, inclusive=inclusive)


def _take_tax_off(lines: list[OrderLine], off: _TakenOff, tax: TaxCharged, *, inclusive: bool) -> None:
    weights = [sum(each.amount_minor for each in lines[place].taxes if each.rate == tax.rate) for place in off.covered]
    if not 0 <= -tax.amount_minor <= sum(weights):
        what = Said(TAX_COVERED.en.format(rate=tax.rate), TAX_COVERED.zh.format(rate=tax.rate))
        raise OrderDoesNotReconcile(off.pointer.replace("paid_minor", "taxes"), what, -sum(weights), tax.amount_minor)
    for place, share, whole in zip(off.covered, share_out(-tax.amount_minor, weights), weights, strict=True):
        if share:
            line = lines[place]
            others = tuple(each for each in line.taxes if each.rate != tax.rate)
            lines[place] = replace(
                line,
                taxes=(*others, TaxCharged(tax.rate, whole - share)),
                paid_minor=line.paid_minor - (0 if inclusive else share),
            )
