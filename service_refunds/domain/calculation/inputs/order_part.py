"""The parts of a paid order besides its lines: discounts, coupons, gifts, shipments and fees, each with its checks."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from service_refunds.domain.calculation.inputs.charge import Charge, Tax
from service_refunds.domain.calculation.inputs.field_check import (
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
from service_refunds.domain.calculation.inputs.order_line import check_charge
from service_refunds.domain.calculation.inputs.promotion_rule import PromotionRule, check_rule
from shared.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon that the customer used. The coupon is valid again when its whole use is undone (H14)."""

    id: str
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDiscount:
    """A discount on the whole order, in the order of application. Without `lines` it covers all lines.

    `rule` allows to compute the discount again for a smaller basket. `points` and `coupon` say what the customer gave
    for the discount.
    """

    id: str
    amount: Money
    lines: tuple[str, ...] = ()
    rule: PromotionRule | None = None
    points: int = 0
    coupon: Coupon | None = None

    def covers(self, line: str) -> bool:
        return not self.lines or line in self.lines


@dataclass(frozen=True, slots=True)
class Gift:
    """A free article that belongs to the purchase. Only a value declared on the product page may be charged (H09)."""

    id: str
    declared_value: Money | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """The freight of one parcel as charged: `paid` = `price` - `discount`, canonical like a line's amount.

    `standard` is the cheapest ordinary delivery of that day. `tariff` is the price of delivery below `free_from`
    (gross).
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


class ChargeKind(StrEnum):
    """What an order charges besides goods and freight; `CHARGE_RULES` says when each kind goes back."""

    WRAP = "wrap"
    PAYMENT_FEE = "payment_fee"
    INSURANCE = "insurance"
    DUTY = "duty"
    TIP = "tip"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFee:
    """Something charged on top: gift wrapping, or a `surcharge` for the way of payment.

    A fee without a `kind` goes back only with the whole order. `line` is the line that a fee is for.
    """

    id: str
    paid: Money
    taxes: tuple[Tax, ...] = ()
    surcharge: bool = False
    name: str = ""
    kind: ChargeKind | None = None
    line: str = ""

    @property
    def charge(self) -> Charge:
        return Charge.of(self.paid, self.taxes)


def check_discount(discount: OrderDiscount, pointer: str, currency: str, lines: frozenset[str]) -> None:
    """Refuse a discount whose fields are not valid."""
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


def check_shipment(shipment: Shipment, pointer: str, currency: str, lines: frozenset[str]) -> None:
    """Refuse a shipment whose fields are not valid."""
    check_charge(shipment.paid, shipment.taxes, pointer, currency)
    check_list(shipment.lines, f"{pointer}/lines", str)
    check_keys(((f"{pointer}/lines/{place}", line) for place, line in enumerate(shipment.lines)), lines)
    for field in ("price", "discount", "standard", "tariff", "free_from"):
        check_optional_money(getattr(shipment, field), f"{pointer}/{field}", currency)


def check_fee(fee: OrderFee, pointer: str, currency: str, lines: frozenset[str]) -> None:
    """Refuse a fee of the order whose fields are not valid."""
    check_charge(fee.paid, fee.taxes, pointer, currency)
    check_flag(fee.surcharge, f"{pointer}/surcharge")
    check_text(fee.name, f"{pointer}/name", empty=True)
    if fee.kind is not None:
        check_choice(fee.kind, f"{pointer}/kind", ChargeKind)
    if fee.line:
        check_keys(((f"{pointer}/line", fee.line),), lines)
