"""The paid order at the moment of purchase. A refund is computed from this order, which never changes afterwards (H01).

Every amount is what the shop charged. Shares of order discounts come from the shop, or `with_shares` computes them once
at the import. No amount is ever priced again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service_refunds.domain.calculation.inputs.charge import Charge, PriceMode, Tax
from service_refunds.domain.calculation.inputs.field_check import (
    check_choice,
    check_count,
    check_keys,
    check_list,
    check_optional_money,
    check_text,
)
from service_refunds.domain.calculation.inputs.order_line import (
    DiscountShare,
    OrderLine,
    check_line,
    reconcile_line,
    reconcile_tax,
    require_equal,
)
from service_refunds.domain.calculation.inputs.order_part import (
    Gift,
    OrderDiscount,
    OrderFee,
    Shipment,
    check_discount,
    check_fee,
    check_shipment,
)
from service_refunds.domain.calculation.inputs.tender import Tender, check_tender
from shared.kernel.money import Money, exponent_of, share_out, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An immutable order in one currency. Construction refuses invalid fields; `reconcile` refuses wrong sums."""

    currency: str
    lines: tuple[OrderLine, ...]
    tenders: tuple[Tender, ...] = ()
    mode: PriceMode = PriceMode.INCLUSIVE
    discounts: tuple[OrderDiscount, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    fees: tuple[OrderFee, ...] = ()
    gifts: tuple[Gift, ...] = ()
    total: Money | None = None

    def __post_init__(self) -> None:
        exponent_of(self.currency)
        check_choice(self.mode, "/mode", PriceMode)
        check_list(self.lines, "/lines", OrderLine)
        check_count(len(self.lines), "/lines", 1)
        check_list(self.tenders, "/tenders", Tender, 100)
        check_list(self.discounts, "/discounts", OrderDiscount, 100)
        check_list(self.shipments, "/shipments", Shipment, 100)
        check_list(self.fees, "/fees", OrderFee, 100)
        check_list(self.gifts, "/gifts", Gift, 100)
        check_optional_money(self.total, "/total", self.currency)
        check_keys((f"/lines/{place}/id", line.id) for place, line in enumerate(self.lines))
        lines = frozenset(line.id for line in self.lines)
        for place, discount in enumerate(self.discounts):
            check_discount(discount, f"/discounts/{place}", self.currency, lines)
        check_keys((f"/discounts/{place}/id", each.id) for place, each in enumerate(self.discounts))
        discounts = frozenset(each.id for each in self.discounts)
        for place, line in enumerate(self.lines):
            check_line(line, f"/lines/{place}", self.currency, discounts)
        for place, shipment in enumerate(self.shipments):
            check_shipment(shipment, f"/shipments/{place}", self.currency, lines)
        for place, fee in enumerate(self.fees):
            check_fee(fee, f"/fees/{place}", self.currency, lines)
        for place, gift in enumerate(self.gifts):
            check_optional_money(gift.declared_value, f"/gifts/{place}/declared_value", self.currency)
            check_text(gift.name, f"/gifts/{place}/name", empty=True)
        for place, tender in enumerate(self.tenders):
            check_tender(tender, f"/tenders/{place}", self.currency)
        check_keys((f"/shipments/{place}/id", each.id) for place, each in enumerate(self.shipments))
        check_keys((f"/fees/{place}/id", each.id) for place, each in enumerate(self.fees))
        check_keys((f"/gifts/{place}/id", each.id) for place, each in enumerate(self.gifts))
        check_keys((f"/tenders/{place}/id", each.id) for place, each in enumerate(self.tenders))

    def zero(self) -> Money:
        return Money(0, self.currency)

    def charges(self) -> tuple[Charge, ...]:
        """Every amount that was charged, with its taxes."""
        return tuple(thing.charge for things in (self.lines, self.shipments, self.fees) for thing in things)

    def taxes(self) -> list[Tax]:
        """Every tax that was charged, of lines, freight and fees."""
        return [tax for things in (self.lines, self.shipments, self.fees) for thing in things for tax in thing.taxes]

    def due(self) -> Money:
        """What the customer pays for the whole order."""
        return Money(sum(charge.gross(self.mode) for charge in self.charges()), self.currency)

    def captured(self) -> Money:
        """What the customer has paid: less than `due` after a deposit, or before cash on delivery is paid."""
        return total((tender.captured for tender in self.tenders), self.currency)

    def reconcile(self) -> None:
        """Refuse an order whose figures contradict each other, naming the field (N06)."""
        by_id = {discount.id: discount for discount in self.discounts}
        for place, line in enumerate(self.lines):
            reconcile_line(line, f"/lines/{place}", self.mode)
            for number, share in enumerate(line.shares):
                if share.amount and not by_id[share.discount].covers(line.id):
                    require_equal(share.amount, self.zero(), f"/lines/{place}/shares/{number}/amount")
        for place, discount in enumerate(self.discounts):
            shares = (share.amount for line in self.lines for share in line.shares if share.discount == discount.id)
            require_equal(discount.amount, total(shares, self.currency), f"/discounts/{place}/amount")
        for place, shipment in enumerate(self.shipments):
            reconcile_tax(shipment.charge, f"/shipments/{place}", self.mode)
            if shipment.price is not None:
                paid = shipment.price - (shipment.discount or self.zero())
                require_equal(shipment.paid, paid, f"/shipments/{place}/paid")
        for place, fee in enumerate(self.fees):
            reconcile_tax(fee.charge, f"/fees/{place}", self.mode)
        due = self.due()
        if self.total is not None:
            require_equal(self.total, due, "/total")
        captured = self.captured()
        if captured > due:
            require_equal(captured, due, "/tenders")

    def running_amounts(self, discount: OrderDiscount) -> list[int]:
        """Each line's amount just before this discount, in minor units; 0 for a line without the discount.

        The discount, and the points that bought the discount, are shared by these weights (3.9).
        """
        place = self.discounts.index(discount)
        still_to_come = {later.id for later in self.discounts[place:]}
        return [
            line.paid.minor + sum(share.amount.minor for share in line.shares if share.discount in still_to_come)
            if discount.covers(line.id)
            else 0
            for line in self.lines
        ]


def with_shares(lines: Sequence[OrderLine], discounts: Sequence[OrderDiscount]) -> tuple[OrderLine, ...]:
    """Take order discounts off lines whose `paid` does not contain them yet, and store each line's share (ALLOC)."""
    shared = list(lines)
    for discount in discounts:
        weights = [line.paid.minor if discount.covers(line.id) else 0 for line in shared]
        for place, part in enumerate(share_out(discount.amount.minor, weights)):
            line, amount = shared[place], Money(part, discount.amount.currency)
            if discount.covers(line.id):
                shared[place] = replace(
                    line, paid=line.paid - amount, shares=(*line.shares, DiscountShare(discount.id, amount))
                )
    return tuple(shared)
