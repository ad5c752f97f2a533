"""The paid order as it stood at the moment of purchase: what a refund is computed from, never changed
afterwards (H01).

Every amount is what the shop charged. Shares of order discounts are the shop's own, or computed once by
`with_shares` when the order is imported; nothing here is ever priced again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from service_refunds.domain.charge import Charge, PriceMode, Tax
from service_refunds.domain.refusal import OrderDoesNotAddUp
from service_refunds.domain.rule import Rule, check_rule
from service_refunds.domain.validity import (
    check_choice,
    check_count,
    check_flag,
    check_keys,
    check_kind,
    check_list,
    check_money,
    check_optional_money,
    check_text,
)
from shared.kernel.errors import Said
from shared.kernel.money import Money, exponent_of, share_out, total


class TenderKind(StrEnum):
    CARD = "card"
    WALLET = "wallet"
    BANK = "bank"
    CASH = "cash"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"


CREDIT_KINDS: Final = frozenset({TenderKind.GIFT_CARD, TenderKind.STORE_CREDIT})


@dataclass(frozen=True, slots=True)
class Share:
    """The part of an order discount that one line carries."""

    discount: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Line:
    """What was charged for `quantity` pieces, after every discount: gross in inclusive shops, net in
    exclusive ones.

    `unit_price` and the line's own `discounts` explain `paid` and are held against it when they are
    given. `bundle` names the set that the line was sold in; its price stands in the lines of its parts
    (`split_bundle`).
    """

    id: str
    quantity: int
    paid: Money
    taxes: tuple[Tax, ...] = ()
    shares: tuple[Share, ...] = ()
    unit_price: Money | None = None
    discounts: tuple[Money, ...] = ()
    name: str = ""
    bundle: str = ""

    @property
    def charge(self) -> Charge:
        return Charge.of(self.paid, self.taxes)


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon that the customer gave up; it lives again when its whole use is undone (H14)."""

    id: str
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """Something taken off the whole order, in the order of application; no `lines` means all of them.

    `rule` lets it be asked again about a smaller basket; `points` and `coupon` say what the customer
    gave for it.
    """

    id: str
    amount: Money
    lines: tuple[str, ...] = ()
    rule: Rule | None = None
    points: int = 0
    coupon: Coupon | None = None

    def covers(self, line: str) -> bool:
        return not self.lines or line in self.lines


@dataclass(frozen=True, slots=True)
class Gift:
    """Something free that belongs to the purchase; only a value declared on the page may ever be charged
    (H09).
    """

    id: str
    declared_value: Money | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel's freight as charged: `paid` = `price` - `discount`, canonical like a line's amount.

    `standard` is the cheapest ordinary delivery of that day, `tariff` what delivery cost below
    `free_from` (gross).
    """

    id: str
    paid: Money
    taxes: tuple[Tax, ...] = ()
    lines: tuple[str, ...] = ()
    price: Money | None = None
    discount: Money | None = None
    standard: Money | None = None
    tariff: Money | None = None
    free_from: Money | None = None

    @property
    def charge(self) -> Charge:
        return Charge.of(self.paid, self.taxes)

    def carries(self, line: str) -> bool:
        return not self.lines or line in self.lines


@dataclass(frozen=True, slots=True)
class OrderFee:
    """Something charged on top: gift wrapping, or a `surcharge` for the way of payment."""

    id: str
    paid: Money
    taxes: tuple[Tax, ...] = ()
    surcharge: bool = False
    name: str = ""

    @property
    def charge(self) -> Charge:
        return Charge.of(self.paid, self.taxes)


@dataclass(frozen=True, slots=True)
class Tender:
    """One payment, in the order in which they were made; `bonus` is the part of store credit that nobody
    paid for, `waived_fee` the card fee that the seller bore in the customer's place.

    `refunded` (succeeded), `pending` and `disputed` are the provider's figures apart from our own
    recorded refunds.
    """

    id: str
    kind: TenderKind
    captured: Money
    refunded: Money | None = None
    pending: Money | None = None
    disputed: Money | None = None
    bonus: Money | None = None
    provider: str = ""
    waived_fee: Money | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An immutable snapshot in one currency; construction refuses malformed fields, `reconcile` refuses
    wrong sums.
    """

    currency: str
    lines: tuple[Line, ...]
    tenders: tuple[Tender, ...] = ()
    mode: PriceMode = PriceMode.INCLUSIVE
    discounts: tuple[Discount, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    fees: tuple[OrderFee, ...] = ()
    gifts: tuple[Gift, ...] = ()
    total: Money | None = None

    def __post_init__(self) -> None:
        exponent_of(self.currency)
        check_choice(self.mode, "/mode", PriceMode)
        check_list(self.lines, "/lines", Line)
        check_count(len(self.lines), "/lines", 1)
        check_list(self.tenders, "/tenders", Tender, 100)
        check_list(self.discounts, "/discounts", Discount, 100)
        check_list(self.shipments, "/shipments", Shipment, 100)
        check_list(self.fees, "/fees", OrderFee, 100)
        check_list(self.gifts, "/gifts", Gift, 100)
        check_optional_money(self.total, "/total", self.currency)
        check_keys((f"/lines/{place}/id", line.id) for place, line in enumerate(self.lines))
        lines = frozenset(line.id for line in self.lines)
        for place, discount in enumerate(self.discounts):
            _check_discount(discount, f"/discounts/{place}", self.currency, lines)
        check_keys((f"/discounts/{place}/id", each.id) for place, each in enumerate(self.discounts))
        discounts = frozenset(each.id for each in self.discounts)
        for place, line in enumerate(self.lines):
            check_line(line, f"/lines/{place}", self.currency, discounts)
        for place, shipment in enumerate(self.shipments):
            _check_shipment(shipment, f"/shipments/{place}", self.currency, lines)
        for place, fee in enumerate(self.fees):
            _check_fee(fee, f"/fees/{place}", self.currency)
        for place, gift in enumerate(self.gifts):
            check_optional_money(gift.declared_value, f"/gifts/{place}/declared_value", self.currency)
            check_text(gift.name, f"/gifts/{place}/name", empty=True)
        for place, tender in enumerate(self.tenders):
            _check_tender(tender, f"/tenders/{place}", self.currency)
        check_keys((f"/shipments/{place}/id", each.id) for place, each in enumerate(self.shipments))
        check_keys((f"/fees/{place}/id", each.id) for place, each in enumerate(self.fees))
        check_keys((f"/gifts/{place}/id", each.id) for place, each in enumerate(self.gifts))
        check_keys((f"/tenders/{place}/id", each.id) for place, each in enumerate(self.tenders))

    def zero(self) -> Money:
        return Money(0, self.currency)

    def charges(self) -> tuple[Charge, ...]:
        """Everything that was charged, one charge each."""
        return tuple(thing.charge for things in (self.lines, self.shipments, self.fees) for thing in things)

    def taxes(self) -> list[Tax]:
        """Every tax that was charged, of lines, freight and fees."""
        return [tax for things in (self.lines, self.shipments, self.fees) for thing in things for tax in thing.taxes]

    def reconcile(self) -> None:
        """Refuse a snapshot whose figures contradict each other, naming the field (N06)."""
        by_id = {discount.id: discount for discount in self.discounts}
        for place, line in enumerate(self.lines):
            reconcile_line(line, f"/lines/{place}", self.mode)
            for number, share in enumerate(line.shares):
                if share.amount and not by_id[share.discount].covers(line.id):
                    _must_be(share.amount, self.zero(), f"/lines/{place}/shares/{number}/amount")
        for place, discount in enumerate(self.discounts):
            shares = (share.amount for line in self.lines for share in line.shares if share.discount == discount.id)
            _must_be(discount.amount, total(shares, self.currency), f"/discounts/{place}/amount")
        for place, shipment in enumerate(self.shipments):
            _reconcile_tax(shipment.charge, f"/shipments/{place}", self.mode)
            if shipment.price is not None:
                paid = shipment.price - (shipment.discount or self.zero())
                _must_be(shipment.paid, paid, f"/shipments/{place}/paid")
        for place, fee in enumerate(self.fees):
            _reconcile_tax(fee.charge, f"/fees/{place}", self.mode)
        due = Money(sum(charge.gross(self.mode) for charge in self.charges()), self.currency)
        if self.total is not None:
            _must_be(self.total, due, "/total")
        _must_be(total((tender.captured for tender in self.tenders), self.currency), due, "/tenders")

    def running_amounts(self, discount: Discount) -> list[int]:
        """Each line's amount just before this discount, in minor units; 0 for lines that it does not cover.

        These are the weights by which the discount, and the points given for it, are shared (3.9).
        """
        place = self.discounts.index(discount)
        still_to_come = {later.id for later in self.discounts[place:]}
        return [
            line.paid.minor + sum(share.amount.minor for share in line.shares if share.discount in still_to_come)
            if discount.covers(line.id)
            else 0
            for line in self.lines
        ]


def with_shares(lines: Sequence[Line], discounts: Sequence[Discount]) -> tuple[Line, ...]:
    """Take order discounts off lines whose `paid` does not contain them yet, and store each line's share
    (ALLOC).
    """
    shared = list(lines)
    for discount in discounts:
        weights = [line.paid.minor if discount.covers(line.id) else 0 for line in shared]
        for place, part in enumerate(share_out(discount.amount.minor, weights)):
            line, amount = shared[place], Money(part, discount.amount.currency)
            if discount.covers(line.id):
                shared[place] = replace(
                    line, paid=line.paid - amount, shares=(*line.shares, Share(discount.id, amount))
                )
    return tuple(shared)


def split_bundle(bundle: Line, parts: Sequence[Line]) -> tuple[Line, ...]:
    """Share a bundle's charge among its parts by their stand-alone amounts (`paid`), so that one part
    can come back.
    """
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
            shares=tuple(Share(discount, amounts[place]) for discount, amounts in discounts),
            unit_price=None,
            discounts=(),
            bundle=bundle.id,
        )
        for place, part in enumerate(parts)
    )


_SUM = Said("{found} stands here, the other figures give {expected}", "此处为 {found}，其他数据得出 {expected}")
_TAX = Said("the tax {found} is more than the amount {expected}", "税额 {found} 超过金额 {expected}")
_USED = Said("{found} is more than the {expected} that was captured", "{found} 超过实收金额 {expected}")


def _must_be(found: Money, expected: Money, pointer: str) -> None:
    if found != expected:
        raise OrderDoesNotAddUp(pointer, _SUM, found=found, expected=expected)


def reconcile_line(line: Line, pointer: str, mode: PriceMode) -> None:
    """Refuse a line whose amount does not follow from its own figures."""
    _reconcile_tax(line.charge, pointer, mode)
    if line.unit_price is not None:
        off = total((*line.discounts, *(share.amount for share in line.shares)), line.paid.currency)
        _must_be(line.paid, line.unit_price * line.quantity - off, f"{pointer}/paid")


def _reconcile_tax(charge: Charge, pointer: str, mode: PriceMode) -> None:
    tax, amount = Money(charge.tax(), charge.currency), Money(charge.canonical, charge.currency)
    if mode is PriceMode.INCLUSIVE and tax > amount:
        raise OrderDoesNotAddUp(f"{pointer}/taxes", _TAX, found=tax, expected=amount)


def check_line(line: Line, pointer: str, currency: str, discounts: frozenset[str]) -> None:
    """Refuse a line whose fields are none; its id is its neighbours' business."""
    check_count(line.quantity, f"{pointer}/quantity", 1)
    _check_charge(line.paid, line.taxes, pointer, currency)
    check_list(line.shares, f"{pointer}/shares", Share)
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


def _check_charge(paid: Money, taxes: tuple[Tax, ...], pointer: str, currency: str) -> None:
    check_money(paid, f"{pointer}/paid", currency)
    check_list(taxes, f"{pointer}/taxes", Tax, 20)
    check_keys((f"{pointer}/taxes/{place}/rate", tax.rate) for place, tax in enumerate(taxes))
    for place, tax in enumerate(taxes):
        check_money(tax.amount, f"{pointer}/taxes/{place}/amount", currency)


def _check_discount(discount: Discount, pointer: str, currency: str, lines: frozenset[str]) -> None:
    check_money(discount.amount, f"{pointer}/amount", currency)
    check_list(discount.lines, f"{pointer}/lines", str)
    check_keys(((f"{pointer}/lines/{place}", line) for place, line in enumerate(discount.lines)), lines)
    check_count(discount.points, f"{pointer}/points", 0, 10**12)
    if discount.rule is not None:
        check_rule(discount.rule, f"{pointer}/rule", currency, lines)
    if discount.coupon is not None:
        coupon = check_kind(discount.coupon, f"{pointer}/coupon", Coupon)
        check_text(coupon.id, f"{pointer}/coupon/id")
        if coupon.expires_on is not None:
            check_kind(coupon.expires_on, f"{pointer}/coupon/expires_on", date)


def _check_shipment(shipment: Shipment, pointer: str, currency: str, lines: frozenset[str]) -> None:
    _check_charge(shipment.paid, shipment.taxes, pointer, currency)
    check_list(shipment.lines, f"{pointer}/lines", str)
    check_keys(((f"{pointer}/lines/{place}", line) for place, line in enumerate(shipment.lines)), lines)
    for field in ("price", "discount", "standard", "tariff", "free_from"):
        check_optional_money(getattr(shipment, field), f"{pointer}/{field}", currency)


def _check_fee(fee: OrderFee, pointer: str, currency: str) -> None:
    _check_charge(fee.paid, fee.taxes, pointer, currency)
    check_flag(fee.surcharge, f"{pointer}/surcharge")
    check_text(fee.name, f"{pointer}/name", empty=True)


def _check_tender(tender: Tender, pointer: str, currency: str) -> None:
    check_choice(tender.kind, f"{pointer}/kind", TenderKind)
    check_money(tender.captured, f"{pointer}/captured", currency)
    for field in ("refunded", "pending", "disputed", "bonus", "waived_fee"):
        check_optional_money(getattr(tender, field), f"{pointer}/{field}", currency)
        amount = getattr(tender, field)
        if amount is not None and amount > tender.captured:
            raise OrderDoesNotAddUp(f"{pointer}/{field}", _USED, found=amount, expected=tender.captured)
    check_text(tender.provider, f"{pointer}/provider", empty=True)
