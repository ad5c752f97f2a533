"""Whether the figures of an order agree: one judge for the intake of orders and the calculation of refunds (N06).

`first_disagreement` compares every figure with the figures that it follows from, to the last minor unit. An order
without a disagreement can be settled: the calculation refuses none of its amounts (Z03).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from shared.kernel.errors import Said


class TaxFigures(Protocol):
    """Tax of one rate, as charged."""

    @property
    def amount_minor(self) -> int: ...


class ShareFigures(Protocol):
    """The part of an order discount that was taken off one line; net where tax is added, otherwise gross."""

    @property
    def discount_id(self) -> str: ...
    @property
    def amount_minor(self) -> int: ...


class ChargeFigures(Protocol):
    """An amount with the taxes that it contains."""

    @property
    def paid_minor(self) -> int: ...
    @property
    def taxes(self) -> Sequence[TaxFigures]: ...


class LineFigures(ChargeFigures, Protocol):
    """A line: `paid_minor` covers all its pieces, discounts and shares taken off, tax included."""

    @property
    def quantity(self) -> int: ...
    @property
    def unit_price_minor(self) -> int: ...
    @property
    def discount_minor(self) -> int: ...
    @property
    def shares(self) -> Sequence[ShareFigures]: ...


class DiscountFigures(Protocol):
    """A discount on the order, which the lines share."""

    @property
    def discount_id(self) -> str: ...
    @property
    def amount_minor(self) -> int: ...


class TenderFigures(Protocol):
    """A payment."""

    @property
    def captured_minor(self) -> int: ...


class OrderFigures(Protocol):
    """The figures of an order, under the field names of the API."""

    @property
    def prices_include_tax(self) -> bool: ...
    @property
    def lines(self) -> Sequence[LineFigures]: ...
    @property
    def freight(self) -> ChargeFigures: ...
    @property
    def charges(self) -> Sequence[ChargeFigures]: ...
    @property
    def discounts(self) -> Sequence[DiscountFigures]: ...
    @property
    def tenders(self) -> Sequence[TenderFigures]: ...
    @property
    def total_minor(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A figure that does not follow from the others: its field, what it is, and both amounts in minor units."""

    pointer: str
    what: Said
    expected: int
    found: int


PAID: Final = Said("`paid_minor`", "`paid_minor`")
TAXES: Final = Said("the sum of `taxes`, at most `paid_minor`", "`taxes` 之和，不得超过 `paid_minor`")
SHARED: Final = Said("the sum of the shares of this discount", "该优惠各份额之和")
TOTAL: Final = Said("`total_minor`", "`total_minor`")
CAPTURED: Final = Said(
    "the sum of `captured_minor`, at most `total_minor`", "`captured_minor` 之和，不得超过 `total_minor`"
)


def first_disagreement(order: OrderFigures) -> Disagreement | None:
    """The first figure that contradicts the others, or None."""
    return next(_disagreements(order), None)


def price_misses_by(line: LineFigures, *, prices_include_tax: bool) -> int:
    """By how many minor units the price of all pieces, less every discount, is more than what was paid."""
    return _product(line) - _canonical(line, prices_include_tax=prices_include_tax)


def price_explains(line: LineFigures, *, prices_include_tax: bool) -> bool:
    """Whether the unit price explains the line. A price is rounded: several pieces may each miss by one minor unit,
    as 3 x 333 for 1000 does (Z36).
    """
    allowed = line.quantity if line.quantity > 1 else 0
    return abs(price_misses_by(line, prices_include_tax=prices_include_tax)) <= allowed


def _disagreements(order: OrderFigures) -> Iterator[Disagreement]:
    inclusive = order.prices_include_tax
    shared: dict[str, int] = {}
    for place, line in enumerate(order.lines):
        if not price_explains(line, prices_include_tax=inclusive):
            expected = line.paid_minor + price_misses_by(line, prices_include_tax=inclusive)
            yield Disagreement(f"/lines/{place}/paid_minor", PAID, expected, line.paid_minor)
        yield from _tax_within(line, f"/lines/{place}")
        for share in line.shares:
            shared[share.discount_id] = shared.get(share.discount_id, 0) + share.amount_minor
    for place, discount in enumerate(order.discounts):
        found = shared.get(discount.discount_id, 0)
        if found != discount.amount_minor:
            yield Disagreement(f"/discounts/{place}/amount_minor", SHARED, discount.amount_minor, found)
    yield from _tax_within(order.freight, "/freight")
    for place, charge in enumerate(order.charges):
        yield from _tax_within(charge, f"/charges/{place}")
    charged = (*order.lines, order.freight, *order.charges)
    due = sum([each.paid_minor for each in charged])
    if due != order.total_minor:
        yield Disagreement("/total_minor", TOTAL, due, order.total_minor)
    captured = sum([tender.captured_minor for tender in order.tenders])
    if captured > order.total_minor:
        yield Disagreement("/tenders", CAPTURED, order.total_minor, captured)


def _tax_within(charge: ChargeFigures, pointer: str) -> Iterator[Disagreement]:
    """Tax is a part of what was paid; where tax is added, the rest is the net amount."""
    tax = sum([each.amount_minor for each in charge.taxes])
    if tax > charge.paid_minor:
        yield Disagreement(f"{pointer}/taxes", TAXES, charge.paid_minor, tax)


def _product(line: LineFigures) -> int:
    off = line.discount_minor + sum([share.amount_minor for share in line.shares])
    return line.quantity * line.unit_price_minor - off


def _canonical(line: LineFigures, *, prices_include_tax: bool) -> int:
    return line.paid_minor - (0 if prices_include_tax else sum([tax.amount_minor for tax in line.taxes]))
