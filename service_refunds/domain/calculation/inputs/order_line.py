"""A line of the paid order: its charge, its shares of order discounts, and the checks of its fields and sums."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service_refunds.domain.calculation.inputs.charge import Charge, PriceMode, Tax
from service_refunds.domain.calculation.inputs.field_check import (
    check_count,
    check_keys,
    check_list,
    check_money,
    check_optional_money,
    check_text,
)
from service_refunds.domain.calculation.inputs.refusal import OrderDoesNotAddUp
from shared.kernel.errors import Said
from shared.kernel.money import Money, share_out, total


@dataclass(frozen=True, slots=True)
class DiscountShare:
    """The part of an order discount that falls on one line."""

    discount: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """The charge of `quantity` pieces after every discount: gross in inclusive shops, net in exclusive ones.

    `unit_price` and the line's own `discounts` explain `paid` and are checked against it when they are given. `bundle`
    names the set that the line was sold in; the price of the set is in the lines of its parts (`split_bundle`).
    """

    id: str
    quantity: int
    paid: Money
    taxes: tuple[Tax, ...] = ()
    shares: tuple[DiscountShare, ...] = ()
    unit_price: Money | None = None
    discounts: tuple[Money, ...] = ()
    name: str = ""
    bundle: str = ""

    @property
    def charge(self) -> Charge:
        return Charge.of(self.paid, self.taxes)


def split_bundle(bundle: OrderLine, parts: Sequence[OrderLine]) -> tuple[OrderLine, ...]:
    """Share a bundle's charge among its parts by their stand-alone amounts (`paid`), so that one part can come back."""
    weights = [part.paid.minor for part in parts]

    def shares_of(amount: Money) -> list[Money]:
        return [Money(part, amount.currency) for part in share_out(amount.minor, weights)]

    paid = shares_of(bundle.paid)
    taxes = [(tax.rate, shares_of(tax.amount)) for tax in bundle.taxes]
    discounts = [(share.discount, shares_of(share.amount)) for share in bundle.shares]
    return tuple(
        replace(
            part,
            paid=paid[place],
            taxes=tuple(Tax(rate, amounts[place]) for rate, amounts in taxes),
            shares=tuple(DiscountShare(discount, amounts[place]) for discount, amounts in discounts),
            unit_price=None,
            discounts=(),
            bundle=bundle.id,
        )
        for place, part in enumerate(parts)
    )


_SUM = Said("{found} stands here, the other figures give {expected}", "此处为 {found}，其他数据得出 {expected}")


_TAX = Said("the tax {found} is more than the amount {expected}", "税额 {found} 超过金额 {expected}")


def require_equal(found: Money, expected: Money, pointer: str) -> None:
    """Refuse a figure that does not follow from the other figures."""
    if found != expected:
        raise OrderDoesNotAddUp(pointer, _SUM, found=found, expected=expected)


def reconcile_line(line: OrderLine, pointer: str, mode: PriceMode) -> None:
    """Refuse a line whose amount does not follow from its own figures."""
    reconcile_tax(line.charge, pointer, mode)
    if line.unit_price is not None:
        off = total((*line.discounts, *(share.amount for share in line.shares)), line.paid.currency)
        require_equal(line.paid, line.unit_price * line.quantity - off, f"{pointer}/paid")


def reconcile_tax(charge: Charge, pointer: str, mode: PriceMode) -> None:
    """Refuse a tax that is more than the amount that contains it."""
    tax, amount = Money(charge.tax(), charge.currency), Money(charge.canonical, charge.currency)
    if mode is PriceMode.INCLUSIVE and tax > amount:
        raise OrderDoesNotAddUp(f"{pointer}/taxes", _TAX, found=tax, expected=amount)


def check_line(line: OrderLine, pointer: str, currency: str, discounts: frozenset[str]) -> None:
    """Refuse a line with an invalid field. Whether its id is unique is checked with all lines."""
    check_count(line.quantity, f"{pointer}/quantity", 1)
    check_charge(line.paid, line.taxes, pointer, currency)
    check_list(line.shares, f"{pointer}/shares", DiscountShare)
    for place, share in enumerate(line.shares):
        check_money(share.amount, f"{pointer}/shares/{place}/amount", currency)
    check_keys(
        ((f"{pointer}/shares/{place}/discount", each.discount) for place, each in enumerate(line.shares)),
        discounts,
    )
    check_optional_money(line.unit_price, f"{pointer}/unit_price", currency)
    check_list(line.discounts, f"{pointer}/discounts", Money)
    for place, amount in enumerate(line.discounts):
        check_money(amount, f"{pointer}/discounts/{place}", currency)
    check_text(line.name, f"{pointer}/name", empty=True)
    check_text(line.bundle, f"{pointer}/bundle", empty=True)


def check_charge(paid: Money, taxes: tuple[Tax, ...], pointer: str, currency: str) -> None:
    """Refuse an amount or a tax that is not money in the currency of this order."""
    check_money(paid, f"{pointer}/paid", currency)
    check_list(taxes, f"{pointer}/taxes", Tax, 20)
    check_keys((f"{pointer}/taxes/{place}/rate", tax.rate) for place, tax in enumerate(taxes))
    for place, tax in enumerate(taxes):
        check_money(tax.amount, f"{pointer}/taxes/{place}/amount", currency)
